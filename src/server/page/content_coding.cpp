#include "server/page/content_coding.h"

#include <algorithm>
#include <optional>

namespace forkjail::server {
namespace {

std::string_view trim(std::string_view text) {
  const auto start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_but_for_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Cuts off what stands before the next `end`.
std::string_view take_until(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return trim(taken);
}

// "q=0" or "q=0.0" is a refusal; how much a coding is preferred does not matter here.
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = take_until(parameters, ';');
    if (!equal_but_for_case(parameter.substr(0, 2), "q=")) continue;
    return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

// Whether it takes `name`, by its own member or that of "*"; none says nothing.
bool takes(std::string_view accepted, std::string_view name) {
  std::optional<bool> any;
  while (!accepted.empty()) {
    std::string_view member = take_until(accepted, ',');
    const std::string_view coding = take_until(member, ';');
    if (equal_but_for_case(coding, name)) return !is_refused(member);
    if (coding == "*") any = !is_refused(member);
  }
  return any.value_or(false);
}

}  // namespace

std::string_view name_of(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::gzip:
      return "gzip";
    case ContentCoding::brotli:
      return "br";
    case ContentCoding::identity:
      break;
  }
  return {};
}

ContentCoding choose_coding(std::string_view accept_encoding) {
  for (const ContentCoding coding : {ContentCoding::brotli, ContentCoding::gzip}) {
    if (takes(accept_encoding, name_of(coding))) return coding;
  }
  return ContentCoding::identity;
}

}  // namespace forkjail::server
