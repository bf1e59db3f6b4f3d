// A JSON object as text, member by member, for answers whose shape another system has fixed. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "json/text.h"

namespace forkjail::server {

class ObjectText {
 public:
  ObjectText& text(std::string_view name, std::string_view value) {
    json::append_text_member(json_, name, value);
    return *this;
  }
  ObjectText& integer(std::string_view name, std::int64_t value) {
    return json(name, std::to_string(value));
  }
  ObjectText& boolean(std::string_view name, bool value) {
    return json(name, value ? "true" : "false");
  }
  ObjectText& null(std::string_view name) { return json(name, "null"); }
  // `value` is JSON already.
  ObjectText& json(std::string_view name, std::string_view value) {
    json::append_key(json_, name);
    json_ += value;
    return *this;
  }
  [[nodiscard]] std::string take() {
    json_ += '}';
    return std::move(json_);
  }

 private:
  std::string json_ = "{";
};

// A text as JSON.
[[nodiscard]] inline std::string json_quoted(std::string_view text) {
  std::string json;
  json::append_string(json, text);
  return json;
}

}  // namespace forkjail::server
