// The body of POST /execute as an ExecutionRequest: one pass, nothing kept that was not checked.
// Pure; the first decoder that a hostile client reaches (tests/fuzz/request_decoder_fuzz.cpp).
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "server/execution_request.h"

namespace forkjail::server {

// What is wrong with a request: the HTTP status and one line that names the field and the way out.
struct RequestError {
  unsigned status = 400;
  std::string message;
};

// `maxima` are the defaults of a run and the most that a request may ask for. `body` is at most
// kBodyBytesMax.
[[nodiscard]] std::variant<ExecutionRequest, RequestError> decode_execution_request(
    std::string_view body, const RunLimits& maxima);

}  // namespace forkjail::server
