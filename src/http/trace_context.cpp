#include "http/trace_context.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/hex_digits.h"

namespace forkjail::http {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanDigits = 16;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Of that many digits and not all zero, which both forms use for "none".
bool is_id(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, is_hex) &&
         text.find_first_not_of('0') != std::string_view::npos;
}

// What stands before `separator`, which is taken off `text` with it.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// 00-TRACE-SPAN-FLAGS; a later version may have more behind it.
TraceContext from_traceparent(std::string_view text) {
  const std::string_view version = take_until(text, '-');
  const std::string_view trace = take_until(text, '-');
  const std::string_view span = take_until(text, '-');
  const std::string_view flags = take_until(text, '-');
  const bool known = version.size() == 2 && std::ranges::all_of(version, is_hex) &&
                     version != "ff" && flags.size() == 2 && std::ranges::all_of(flags, is_hex);
  if (!known || !is_id(trace, kTraceDigits) || !is_id(span, kSpanDigits)) return {};
  unsigned bits = 0;
  std::from_chars(flags.data(), flags.data() + flags.size(), bits, 16);
  return {std::string(trace), std::string(span), (bits & 1U) != 0};
}

// TRACE[/SPAN][;o=OPTIONS], the span in decimal.
TraceContext from_cloud_trace_context(std::string_view text) {
  std::string_view ids = take_until(text, ';');
  const std::string_view trace = take_until(ids, '/');
  if (!is_id(trace, kTraceDigits)) return {};
  TraceContext context{std::string(trace), {}, text == "o=1"};
  std::uint64_t span = 0;
  const auto [end, error] = std::from_chars(ids.data(), ids.data() + ids.size(), span);
  if (error == std::errc() && end == ids.data() + ids.size() && span != 0) {
    context.span = HexDigits(span).text();
  }
  return context;
}

}  // namespace

TraceContext trace_context(std::string_view traceparent, std::string_view cloud_trace_context) {
  TraceContext context = from_traceparent(traceparent);
  if (context.trace.empty()) context = from_cloud_trace_context(cloud_trace_context);
  return context;
}

}  // namespace forkjail::http
