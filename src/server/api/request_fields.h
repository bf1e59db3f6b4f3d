// The fields of POST /execute as a table, and which JSON types each takes. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/run_frames.h"
#include "server/run/execution_request.h"

namespace forkjail::server {

enum class JsonType { object, array, string, number, boolean, null };

enum class RequestField : unsigned {
  script,
  args,
  stdin_text,
  files,
  env,
  limits,
  mode,
  include,
  verbose
};

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
// The field that a client most likely meant by this name: a misspelt one, or another system's word
// for it. Empty: none.
[[nodiscard]] std::string_view meant_request_field(std::string_view name);

// Of `include`: the part with this name, if there is one, and all names.
[[nodiscard]] std::optional<AnswerPart> answer_part(std::string_view name);
[[nodiscard]] std::string answer_part_names();

// Of `mode`.
[[nodiscard]] std::optional<protocol::RunMode> run_mode(std::string_view name);

}  // namespace forkjail::server
