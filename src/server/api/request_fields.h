// The fields of requests to run a script, and to make a session, as a table: what the decoder
// takes, and what a description of the API (OpenAPI, an MCP tool) is made from. The members of
// `limits` are in run_limit_fields.h, those of a file in file_fields.h. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/run_frames.h"
#include "server/api/json_type.h"
#include "server/run/execution_request.h"

namespace forkjail::server {

// The bodies that have such fields.
enum class RequestForm : std::uint8_t {
  execute,          // POST /execute
  session_execute,  // POST /sessions/{id}/execute
  session,          // POST /sessions
};

class RequestForms {
 public:
  constexpr RequestForms(std::initializer_list<RequestForm> forms) {
    for (const RequestForm form : forms) bits_ |= bit(form);
  }
  [[nodiscard]] constexpr bool has(RequestForm form) const { return (bits_ & bit(form)) != 0; }

 private:
  static constexpr unsigned bit(RequestForm form) { return 1U << static_cast<unsigned>(form); }

  unsigned bits_ = 0;
};

enum class RequestField : unsigned {
  script,
  args,
  stdin_text,
  files,
  env,
  limits,
  mode,
  include,
  verbose,
  from,
  on_error,
};

struct RequestFieldRow {
  RequestField field;
  std::string_view name;
  std::string_view description;  // for a client's reader
  RequestForms forms;            // those that have it
  JsonTypes types;
  std::string_view expected;  // the types in words, for error lines
  bool required = false;      // else null is the same as leaving the field out

  // Of an array or object whose elements are of certain types; of `args` they are of any.
  JsonTypes element_types = {};
  std::string_view expected_elements = {};

  std::span<const std::string_view> words = {};  // the only strings: of it, or of its elements
  std::size_t bytes_max = 0;                     // in all; 0: the body's limit
  std::size_t count_max = 0;                     // of its elements; 0: likewise
};

// In the order of RequestField.
[[nodiscard]] std::span<const RequestFieldRow> fields_of(RequestForm form);
[[nodiscard]] const RequestFieldRow& row_of(RequestField field);
// Null: no field has this name.
[[nodiscard]] const RequestFieldRow* find_request_field(RequestForm form, std::string_view name);
[[nodiscard]] bool accepts(const RequestFieldRow& row, JsonType type);

// The field that a client most likely meant by this name: a misspelt one, or another system's word
// for it. Empty: none.
[[nodiscard]] std::string_view meant_request_field(RequestForm form, std::string_view name);

// Of `include`: the part with this name, if there is one.
[[nodiscard]] std::optional<AnswerPart> answer_part(std::string_view name);

// Of `on_error`: whether it means to roll back.
[[nodiscard]] std::optional<bool> rolls_back_errors(std::string_view name);

// Of `mode`.
[[nodiscard]] std::optional<protocol::RunMode> run_mode(std::string_view name);

}  // namespace forkjail::server
