#include "http_client/header.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace forkjail::http_client {
namespace {

constexpr std::array<std::string_view, 6> kOurs{
    "connection", "content-length", "transfer-encoding", "content-type", "upgrade", "expect"};

bool is_name_character(unsigned char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_control(unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; }

std::string lower(std::string_view text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
  return low;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Never with the value, which may be a secret.
Error wrong(std::string_view name, std::string_view what) {
  return Error{"--header " + std::string(name), 0, std::string(what)};
}

}  // namespace

Result<Header> parse_header_field(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return wrong({}, "it must have the form \"Name: value\"");
  const std::string_view name = text.substr(0, colon);
  if (name.empty() || !std::ranges::all_of(name, is_name_character)) {
    return wrong({}, "the name must be letters, digits and dashes");
  }
  if (std::ranges::find(kOurs, lower(name)) != kOurs.end()) {
    return wrong(name, "the battery sets it itself");
  }
  const std::string_view value = trimmed(text.substr(colon + 1));
  if (std::ranges::any_of(value, is_control)) return wrong(name, "its value contains a line break");
  return Header{std::string(name), std::string(value)};
}

Result<std::vector<Header>> parse_header_fields(std::string_view lines) {
  std::vector<Header> headers;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = trimmed(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.empty()) continue;
    auto header = parse_header_field(line);
    if (!header) return header.error();
    headers.push_back(*std::move(header));
  }
  return headers;
}

}  // namespace forkjail::http_client
