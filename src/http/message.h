// A request and its answer as handlers see them: no socket, no parser, no Beast. What the
// connection has not checked or capped is not in here.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/after_answer.h"
#include "http/path_pattern.h"
#include "http/request_headers.h"
#include "http/stream.h"
#include "http/trace_context.h"
#include "loop/interruption.h"
#include "loop/loop.h"

namespace forkjail::http {

class Caller;  // http/gate.h

struct Request {
  std::string method;
  std::string path;   // without query, as sent
  std::string query;  // behind "?", as sent; empty: none
  PathParameters path_parameters;
  RequestHeaders headers;
  std::string body;
  TraceContext trace;
  std::string request_id;  // where the route has ids: the client's own, or a new one

  // What the route's `{name}` took of the path; empty: it has none.
  [[nodiscard]] std::string_view path_parameter(std::string_view name) const;
};

struct ResponseHeader {
  std::string_view name;  // a constant
  std::string value;
};

struct Response {
  unsigned status = 200;
  std::string body;                                    // of 204 and 304 none is sent
  std::string_view content_type = "application/json";  // a constant; empty: no such header
  std::string_view cache_control = "no-store";         // a constant
  std::uint32_t retry_after_s = 0;                     // 0: no such header
  std::string_view allow;                              // of a 405
  std::vector<ResponseHeader> headers;
  std::chrono::milliseconds hold{0};  // of a gate's refusal: how long its client waits for it
  AfterAnswer after_answer;           // runs when the first bytes have gone out
};

// One request while it is answered.
struct Exchange {
  Request request;
  Interruption& interruption;
  Clock::time_point received_at;
  Stream& stream;  // once begun, it is the answer, and of the response only `after_answer` counts
  std::shared_ptr<Caller> caller = nullptr;  // null: unknown, or there is no gate
  asio::ip::address peer = {};               // of the connection: a proxy's, where there is one
};

// Fills in the body of an error, whose status is set. Each route has its own form of errors, which
// also those have that no handler sees.
using ErrorRenderer = void (*)(Response& response, std::string_view message);
void plain_error(Response& response, std::string_view message);  // {"error": ...}

[[nodiscard]] Response error_response(unsigned status, std::string_view message,
                                      ErrorRenderer render = plain_error);

// Answers of these end with their header.
inline constexpr unsigned kNoContent = 204;
inline constexpr unsigned kNotModified = 304;
[[nodiscard]] constexpr bool ends_with_header(unsigned status) {
  return status == kNoContent || status == kNotModified;
}

// Of 201, 202 or 204, where the status says it all.
[[nodiscard]] Response empty_response(unsigned status);

// "Not Found"; empty for a status that this service does not use.
[[nodiscard]] std::string_view reason_phrase(unsigned status);

// How a client knows where the body ends.
enum class BodyLength : std::uint8_t { known, chunked, until_close };

struct HeadOptions {
  bool keep_alive = true;
  std::string_view date;             // as HTTP writes it
  std::string_view request_id = {};  // empty: no such header
  std::string_view more_lines = {};  // whole ones, each behind a line end (cors.h)
  BodyLength body_length = BodyLength::known;
};

// Status line and headers, up to and with the empty line. A control character in a value becomes a
// space, so that no value can end its line.
[[nodiscard]] std::string response_head(const Response& response, const HeadOptions& options);

}  // namespace forkjail::http
