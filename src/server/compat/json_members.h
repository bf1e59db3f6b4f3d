// The members of a JSON object as they stand in its text, without decoding them: a mime bundle can
// have megabytes of base64 that only move from one object into another. Pure
// (tests/fuzz/json_members_fuzz.cpp).
#pragma once

#include <optional>
#include <string_view>

namespace forkjail::server {

struct JsonMember {
  std::string_view name;   // between its quotes, escapes as they stand
  std::string_view value;  // as it stands
};

// Reads an object that was checked before. Of any other text it reads some members, or none, and
// never past its end.
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view object);

  // The next one; empty: there is none.
  [[nodiscard]] std::optional<JsonMember> next();

 private:
  [[nodiscard]] std::optional<std::string_view> take_string();
  [[nodiscard]] std::string_view take_value();
  bool take(char c);
  void skip_space();

  std::string_view rest_;
};

}  // namespace forkjail::server
