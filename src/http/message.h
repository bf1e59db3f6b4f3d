// A request and its answer as handlers see them: no socket, no parser, no Beast. What the
// connection has not checked or capped is not in here.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/after_answer.h"
#include "http/request_headers.h"
#include "http/stream.h"
#include "http/trace_context.h"
#include "loop/interruption.h"
#include "loop/loop.h"

namespace forkjail::http {

struct Request {
  std::string method;
  std::string path;  // without query
  RequestHeaders headers;
  std::string body;
  TraceContext trace;
  std::string request_id;  // where the route has ids: the client's own, or a new one
};

struct ResponseHeader {
  std::string_view name;  // a constant
  std::string value;
};

struct Response {
  unsigned status = 200;
  std::string body;
  std::string_view content_type = "application/json";
  std::uint32_t retry_after_s = 0;  // 0: no such header
  std::string_view allow;           // of a 405
  std::vector<ResponseHeader> headers;
  AfterAnswer after_answer;  // runs when the first bytes have gone out
};

// One request while it is answered.
struct Exchange {
  Request request;
  Interruption& interruption;
  Clock::time_point received_at;
  Stream& stream;  // once begun, it is the answer, and of the response only `after_answer` counts
};

// Which members an error has beside `error`: the clients of /execute always find `stdout`.
enum class ErrorShape { plain, with_stdout };

[[nodiscard]] Response error_response(unsigned status, std::string_view message, ErrorShape shape);

// "Not Found"; empty for a status that this service does not use.
[[nodiscard]] std::string_view reason_phrase(unsigned status);

// How a client knows where the body ends.
enum class BodyLength : std::uint8_t { known, chunked, until_close };

struct HeadOptions {
  bool keep_alive = true;
  std::string_view date;             // as HTTP writes it
  std::string_view request_id = {};  // empty: no such header
  BodyLength body_length = BodyLength::known;
};

// Status line and headers, up to and with the empty line. A control character in a value becomes a
// space, so that no value can end its line.
[[nodiscard]] std::string response_head(const Response& response, const HeadOptions& options);

}  // namespace forkjail::http
