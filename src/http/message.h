// A request and its answer as handlers see them: no socket, no parser, no Beast. What the
// connection has not checked or capped is not in here.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/after_answer.h"
#include "http/trace_context.h"
#include "loop/interruption.h"
#include "loop/loop.h"

namespace forkjail::http {

struct Request {
  std::string method;
  std::string path;  // without query
  std::string body;
  TraceContext trace;
};

struct Response {
  unsigned status = 200;
  std::string body;
  std::string_view content_type = "application/json";
  std::uint32_t retry_after_s = 0;  // 0: no such header
  std::string_view allow;           // of a 405
  AfterAnswer after_answer;         // runs when the first bytes have gone out
};

// One request while it is answered.
struct Exchange {
  Request request;
  Interruption& interruption;
  Clock::time_point received_at;
};

// Which members an error has beside `error`: the clients of /execute always find `stdout`.
enum class ErrorShape { plain, with_stdout };

[[nodiscard]] Response error_response(unsigned status, std::string_view message, ErrorShape shape);

// "Not Found"; empty for a status that this service does not use.
[[nodiscard]] std::string_view reason_phrase(unsigned status);

struct HeadOptions {
  bool keep_alive = true;
  std::string_view date;  // as HTTP writes it
};

// Status line and headers, up to and with the empty line.
[[nodiscard]] std::string response_head(const Response& response, const HeadOptions& options);

}  // namespace forkjail::http
