// The body of a request to run a script, or to make a session, as an ExecutionRequest: one pass,
// nothing kept that was not checked. In one call or in slices, with the same request (of several
// faults another may be named); what a slice costs is bounded by its bytes. Pure; the first decoder
// that a hostile client reaches (tests/fuzz/request_decoder_fuzz.cpp).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "json/sip_hash.h"
#include "server/api/request_fields.h"
#include "server/run/execution_request.h"

namespace forkjail::server {

// What is wrong with a request: the HTTP status and one line that names the field and the way out.
struct RequestError {
  unsigned status = 400;
  std::string message;
};

using Decoded = std::variant<ExecutionRequest, RequestError>;

// What a request is held against.
struct RequestTerms {
  RequestForm form = RequestForm::execute;
  RunLimits maxima = {};  // the defaults of a run, and the most that a request may ask for
  SessionLimits session_maxima = {};  // likewise of a session
};

class RequestDecoder {
 public:
  // `body`, at most kBodyBytesMax, outlives it.
  RequestDecoder(std::string_view body, const RequestTerms& terms, const json::HashSecret& secret);
  RequestDecoder(const RequestDecoder&) = delete;
  RequestDecoder& operator=(const RequestDecoder&) = delete;
  ~RequestDecoder();

  // Decodes the next `bytes_max` bytes, at least 1. False: nothing is left to be done.
  [[nodiscard]] bool step(std::size_t bytes_max);
  // Once, when step() has returned false.
  [[nodiscard]] Decoded finish();

 private:
  struct Parser;

  std::string_view body_;
  std::size_t at_ = 0;  // of the next slice
  std::unique_ptr<Parser> parser_;
  RequestError error_{0, {}};
};

// The whole body at once.
[[nodiscard]] Decoded decode_request(std::string_view body, const RequestTerms& terms,
                                     const json::HashSecret& secret);
[[nodiscard]] Decoded decode_execution_request(std::string_view body, const RunLimits& maxima,
                                               const json::HashSecret& secret);

}  // namespace forkjail::server
