// The calls of the API as a table, for its description. A test holds it against the routes. Pure.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "server/api/request_fields.h"

namespace forkjail::server {

enum class OperationBody : std::uint8_t { none, fields, bytes };

struct OperationAnswer {
  std::string_view status;
  std::string_view description;
  std::string_view schema;  // its name in answer_schemas.h; empty: no body
  std::string_view media_type = "application/json";
};

struct Operation {
  std::string_view method;  // in small letters, as OpenAPI writes it
  std::string_view path;
  std::string_view id;  // what a generated client calls it
  std::string_view summary;
  std::string_view description = {};
  OperationBody body = OperationBody::none;
  RequestForm form = RequestForm::execute;  // of a body of fields
  std::span<const OperationAnswer> answers;
  bool of_sessions = false;
  bool of_keys = false;  // there only where keys are needed
  bool open = false;     // needs none
};

[[nodiscard]] std::span<const Operation> operations();

}  // namespace forkjail::server
