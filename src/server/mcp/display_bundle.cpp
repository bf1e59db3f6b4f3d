#include "server/mcp/display_bundle.h"

#include <algorithm>

#include "base/base64.h"

namespace forkjail::server::mcp {
namespace {

// Walks over valid JSON. Of text that is not valid, it takes any part, but none beyond the end.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  [[nodiscard]] bool skip(char wanted) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  // The next string with its quotes; empty: there is none.
  std::string_view take_string() {
    const std::size_t start = at_after_space();
    if (start == text_.size() || text_[start] != '"') return {};
    at_ = start + 1;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2U : 1U;
    at_ = std::min(at_ + 1, text_.size());
    return text_.substr(start, at_ - start);
  }

  // The next value of any type.
  std::string_view take_value() {
    const std::size_t start = at_after_space();
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        take_string();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == ',' || c == '}' || c == ']') {
        if (depth == 0) break;
        if (c != ',') --depth;
        ++at_;
      } else {
        ++at_;
      }
    }
    std::string_view value = text_.substr(start, at_ - start);
    while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
    return value;
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  std::size_t at_after_space() {
    skip_space();
    return at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string_view inside(std::string_view json_string) {
  return json_string.substr(1, json_string.size() - 2);
}

bool is_whole_string(std::string_view json) {
  return json.size() >= 2 && json.front() == '"' && json.back() == '"';
}

}  // namespace

std::optional<std::string_view> member_of(std::string_view object, std::string_view name) {
  Walker walker(object);
  if (!walker.skip('{')) return std::nullopt;
  do {
    const std::string_view key = walker.take_string();
    if (key.empty() || !walker.skip(':')) return std::nullopt;
    const std::string_view value = walker.take_value();
    if (is_whole_string(key) && inside(key) == name) return value;
  } while (walker.skip(','));
  return std::nullopt;
}

std::optional<std::string_view> base64_of(std::string_view json_string) {
  if (!is_whole_string(json_string)) return std::nullopt;
  const std::string_view text = inside(json_string);
  if (text.empty() || text.find_first_of("\\\r\n") != std::string_view::npos) return std::nullopt;
  Base64Check check;
  check.add(text);
  if (!check.valid()) return std::nullopt;
  return text;
}

}  // namespace forkjail::server::mcp
