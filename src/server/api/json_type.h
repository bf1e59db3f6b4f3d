// The types of JSON values, and sets of them, as the tables of request fields name them. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace forkjail::server {

enum class JsonType : std::uint8_t { object, array, string, number, boolean, null };

// For error lines: "an object".
[[nodiscard]] constexpr std::string_view with_article(JsonType type) {
  constexpr std::array<std::string_view, 6> names{"an object", "an array",  "a string",
                                                  "a number",  "a boolean", "null"};
  return names.at(static_cast<std::size_t>(type));
}

class JsonTypes {
 public:
  constexpr JsonTypes(std::initializer_list<JsonType> types) {
    for (const JsonType type : types) bits_ |= bit(type);
  }
  [[nodiscard]] constexpr bool has(JsonType type) const { return (bits_ & bit(type)) != 0; }

 private:
  static constexpr unsigned bit(JsonType type) { return 1U << static_cast<unsigned>(type); }

  unsigned bits_ = 0;
};

}  // namespace forkjail::server
