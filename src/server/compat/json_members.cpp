#include "server/compat/json_members.h"

#include <algorithm>
#include <cstddef>

namespace forkjail::server {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Behind the closing quote of the string that begins at `text`'s first byte; npos: it has none.
std::size_t end_of_string(std::string_view text) {
  std::size_t at = 1;
  for (;;) {
    at = text.find_first_of("\"\\", at);
    if (at == std::string_view::npos) return at;
    if (text[at] == '"') return at + 1;
    at += 2;  // the escaped character
  }
}

}  // namespace

JsonMembers::JsonMembers(std::string_view object) : rest_(object) {
  skip_space();
  if (!take('{')) rest_ = {};
}

std::optional<JsonMember> JsonMembers::next() {
  skip_space();
  take(',');
  skip_space();
  const auto name = take_string();
  if (!name) return std::nullopt;
  skip_space();
  if (!take(':')) return std::nullopt;
  skip_space();
  const std::string_view value = take_value();
  if (value.empty()) return std::nullopt;
  return JsonMember{*name, value};
}

std::optional<std::string_view> JsonMembers::take_string() {
  if (rest_.empty() || rest_.front() != '"') return std::nullopt;
  const std::size_t end = end_of_string(rest_);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = rest_.substr(1, end - 2);
  rest_.remove_prefix(end);
  return text;
}

// Up to the comma or bracket behind the value, which belongs to the object.
std::string_view JsonMembers::take_value() {
  std::size_t at = 0;
  std::size_t depth = 0;
  while (at < rest_.size()) {
    const char c = rest_[at];
    if (c == '"') {
      const std::size_t length = end_of_string(rest_.substr(at));
      if (length == std::string_view::npos) return {};
      at += length;
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
  }
  std::string_view value = rest_.substr(0, at);
  rest_.remove_prefix(at);
  const auto last = value.find_last_not_of(kSpace);
  return value.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool JsonMembers::take(char c) {
  if (rest_.empty() || rest_.front() != c) return false;
  rest_.remove_prefix(1);
  return true;
}

void JsonMembers::skip_space() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size()));
}

}  // namespace forkjail::server
