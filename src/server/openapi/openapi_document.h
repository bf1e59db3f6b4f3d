// The description of the HTTP API: OpenAPI 3.1, GET /openapi.json. Bodies of requests come from
// the decoder's tables (request_schemas.h), paths and answers from tables of its own
// (operations.h, answer_schemas.h). Made once at the start. Pure.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "server/openapi/request_schemas.h"

namespace forkjail::server {

struct ApiFacts {
  std::string_view version;  // of the service
  LimitMaxima maxima;
  bool has_sessions = true;  // else their calls are not there
  bool has_keys = false;     // else no call needs one
};

// JSON text.
[[nodiscard]] std::string openapi_document(const ApiFacts& facts);

[[nodiscard]] http::Response openapi_response(const std::string& document);

}  // namespace forkjail::server
