#include "server/http_session.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <optional>

#include "server/connection.h"
#include "server/http_date.h"
#include "server/request_reader.h"

namespace forkjail::server {
namespace {

namespace http = boost::beast::http;

// What a client is told whose request is not read to its end.
struct StopRow {
  Stop why;
  unsigned status;
  std::string_view message;
  std::optional<Refusal> counted_as;  // of a right request
};
constexpr std::array kStops{
    StopRow{Stop::slow_header, 408, "the request header came too slowly", {}},
    StopRow{Stop::slow_body, 408, "the request body came too slowly", {}},
    StopRow{Stop::draining, 503, "the service is shutting down", Refusal::shutting_down},
    StopRow{Stop::large_bodies, 503, "too many large requests at once", Refusal::large_bodies},
    StopRow{Stop::connections, 503, "too many connections at once", Refusal::connections},
};

// No co_await stands in a condition here: GCC 12 makes wrong code of some.
class HttpSession {
 public:
  HttpSession(TcpSocket socket, const HttpContext& context, Seat seat)
      : connection_(std::move(socket), context.registry, context.limits, seat), context_(context) {}

  Task<void> serve() {
    bool goes_on = true;
    while (goes_on) goes_on = co_await serve_one();
  }

 private:
  Task<bool> serve_one();
  HttpRequest note_header(const RequestReader& reader);
  Task<bool> receive_header(RequestReader& reader);
  Task<bool> receive_body(RequestReader& reader, const Route& route);
  Task<bool> read_body(RequestReader& reader);
  Task<HttpResponse> answer(const Route& route, Exchange& exchange);

  [[nodiscard]] HttpResponse refusal(const RequestReader& reader) const;
  Task<bool> answer_unread(const RequestReader& reader, HttpResponse response);
  Task<bool> refuse(HttpResponse response);
  Task<bool> write(HttpResponse response, bool keep_alive);

  Connection connection_;
  const HttpContext& context_;
  HttpDate date_;
  ErrorShape errors_ = ErrorShape::plain;
  bool head_only_ = false;
};

// Reads one request and answers it. False when the connection is to be closed.
Task<bool> HttpSession::serve_one() {
  RequestReader reader(context_.limits);
  connection_.wait_for_request();
  head_only_ = false;
  errors_ = ErrorShape::plain;
  const bool has_header = co_await receive_header(reader);
  if (!has_header) {
    if (connection_.stopped() == Stop::none && !reader.refusal()) co_return false;  // no client
    co_return co_await refuse(refusal(reader));
  }
  HttpRequest request = note_header(reader);
  const bool keep_alive = reader.message().keep_alive();  // before trailers can say otherwise
  if (reader.refusal()) co_return co_await refuse(refusal(reader));
  const auto found = context_.router.find(request.method, request.path);
  if (const auto* response = std::get_if<HttpResponse>(&found)) {
    co_return co_await answer_unread(reader, *response);
  }
  const Route& route = *std::get<const Route*>(found);
  if (route.takes_json && !is_json_content_type(reader.message()[http::field::content_type])) {
    co_return co_await answer_unread(
        reader, error_response(415, "send the body with Content-Type: application/json", errors_));
  }
  const bool has_body = co_await receive_body(reader, route);
  if (!has_body) co_return co_await refuse(refusal(reader));

  request.body = reader.take_body();
  connection_.enter_answering();
  const auto now = Clock::now();
  Exchange exchange{std::move(request), connection_.interruption(), now};
  HttpResponse response = co_await answer(route, exchange);
  connection_.membership().release_body();
  if (connection_.interruption().raised() == InterruptReason::client_gone) co_return false;
  co_return co_await write(std::move(response), keep_alive && connection_.may_be_kept_alive());
}

// What the request is, without its body; how its answer will look is known from here on.
HttpRequest HttpSession::note_header(const RequestReader& reader) {
  const auto& message = reader.message();
  HttpRequest request;
  request.method = message.method_string();
  request.path = path_of_target(message.target());
  request.trace = trace_context(message["traceparent"], message["X-Cloud-Trace-Context"]);
  errors_ = context_.router.error_shape(request.path);
  head_only_ = message.method() == http::verb::head;
  return request;
}

Task<HttpResponse> HttpSession::answer(const Route& route, Exchange& exchange) {
  // A handler that throws (out of memory, a bug) costs its own request, not the service.
  try {
    co_return co_await route.handler(exchange);
  } catch (const std::exception& exception) {
    spdlog::error("{} {}: {}", exchange.request.method, exchange.request.path, exception.what());
  }
  co_return error_response(500, "internal error", errors_);
}

// ---- reading ----

// False: there is none. The connection or the reader knows why, or the client is gone.
Task<bool> HttpSession::receive_header(RequestReader& reader) {
  for (;;) {
    if (!connection_.unused().empty()) {
      if (connection_.phase().at() == Phase::idle) {
        connection_.enter(Phase::header, context_.limits.header_time_max);
      }
      connection_.use(reader.take(connection_.unused()));
      if (reader.header_done()) co_return true;
      if (reader.refusal()) co_return false;
    }
    const auto ec = co_await connection_.read_some();
    if (ec) co_return false;
  }
}

// The whole body, once there is room for such a request. False: the connection or the reader knows
// why not.
Task<bool> HttpSession::receive_body(RequestReader& reader, const Route& route) {
  if (!route.is_status && !connection_.membership().may_be_busy()) {
    connection_.stop(Stop::connections);
    co_return false;
  }
  if (reader.done()) co_return true;
  if (reader.expects_welcome()) {  // curl waits for it ahead of large bodies
    co_await connection_.write_at_once("HTTP/1.1 100 Continue\r\n\r\n");
  }
  connection_.enter(Phase::body, context_.limits.body_time_max);
  co_return co_await read_body(reader);
}

Task<bool> HttpSession::read_body(RequestReader& reader) {
  for (;;) {
    const std::size_t bytes_before = reader.body_bytes();
    if (!connection_.unused().empty()) connection_.use(reader.take(connection_.unused()));
    if (reader.refusal()) co_return false;
    if (!connection_.membership().hold_body(reader.body_bytes())) {
      connection_.stop(Stop::large_bodies);
      co_return false;
    }
    if (reader.done()) co_return true;
    if (context_.registry.draining()) {
      connection_.stop(Stop::draining);
      co_return false;
    }
    connection_.advance(reader.body_bytes() - bytes_before);
    const auto ec = co_await connection_.read_some();
    if (ec) {
      reader.break_off(ec);
      co_return false;
    }
  }
}

// ---- answering ----

// The answer to a request that could not be read, or is not read.
HttpResponse HttpSession::refusal(const RequestReader& reader) const {
  const auto* const stop = std::ranges::find(kStops, connection_.stopped(), &StopRow::why);
  if (stop == kStops.end()) {
    return error_response(reader.refusal()->status, reader.refusal()->message, errors_);
  }
  HttpResponse response = error_response(stop->status, stop->message, errors_);
  if (stop->counted_as) {
    context_.metrics.count_refusal(*stop->counted_as);
    response.retry_after_s = 1;
  }
  return response;
}

// An answer before the body was read: the connection survives only when there is none.
Task<bool> HttpSession::answer_unread(const RequestReader& reader, HttpResponse response) {
  if (!reader.done()) co_return co_await refuse(std::move(response));
  const bool keep_alive = reader.message().keep_alive() && connection_.may_be_kept_alive();
  co_return co_await write(std::move(response), keep_alive);
}

// Answers and closes.
Task<bool> HttpSession::refuse(HttpResponse response) {
  if (!connection_.is_open()) co_return false;
  connection_.membership().release_body();
  co_await write(std::move(response), false);
  co_await connection_.linger();
  co_return false;
}

// False when the connection is to be closed.
Task<bool> HttpSession::write(HttpResponse response, bool keep_alive) {
  context_.metrics.count_response(response.status);
  const std::string head = response_head(response, {.keep_alive = keep_alive, .date = date_.now()});
  Connection::Parts parts{asio::buffer(head), asio::buffer(response.body)};
  if (head_only_) parts[1] = {};
  const bool sent =
      co_await connection_.write(parts, response.keep_until_sent, response.body.capacity());
  co_return sent&& keep_alive;
}

}  // namespace

Task<void> serve_http_connection(TcpSocket socket, const HttpContext& context, Seat seat) {
  HttpSession session(std::move(socket), context, seat);
  co_await session.serve();
}

}  // namespace forkjail::server
