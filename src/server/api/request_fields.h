// The fields of POST /execute as a table, and which JSON types each takes. Pure.
#pragma once

#include <string>
#include <string_view>

namespace forkjail::server {

enum class JsonType { object, array, string, number, boolean, null };

enum class RequestField : unsigned { script, args, stdin_text, files, env, limits, verbose };

struct RequestFieldRow {
  RequestField field;
  std::string_view name;
  std::string_view expected;  // for the error line
};

[[nodiscard]] const RequestFieldRow& row_of(RequestField field);
// Null: no field has this name.
[[nodiscard]] const RequestFieldRow* find_request_field(std::string_view name);
[[nodiscard]] bool accepts(RequestField field, JsonType type);

// For error lines: "an object", and "script, args, ...".
[[nodiscard]] std::string_view with_article(JsonType type);
[[nodiscard]] std::string request_field_names();

}  // namespace forkjail::server
