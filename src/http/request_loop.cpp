#include "http/request_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "http/connection.h"
#include "http/date.h"
#include "http/error_kind.h"
#include "http/media_type.h"
#include "http/request_reader.h"
#include "http/stream.h"

namespace forkjail::http {
namespace {

namespace beast = boost::beast::http;

// What a client is told whose request is not read to its end.
struct StopRow {
  Stop why;
  unsigned status;
  std::string_view message;
  std::string_view kind;               // empty: the status tells
  std::optional<Shortage> counted_as;  // of a valid request
};
constexpr std::array kStops{
    StopRow{Stop::slow_header, 408, "the request header came too slowly", {}, {}},
    StopRow{Stop::slow_body, 408, "the request body came too slowly", {}, {}},
    StopRow{Stop::draining, 503, "the service is shutting down", "shutting_down",
            Shortage::draining},
    StopRow{Stop::large_bodies, 503, "too many large requests at once", "large_bodies",
            Shortage::large_bodies},
    StopRow{Stop::connections, 503, "too many connections at once", "connections",
            Shortage::connections},
};

// Why a body of this kind is not read; empty: it is.
std::string_view unreadable_body(const Route& route, const RequestReader::Message& message,
                                 bool has_body) {
  if (route.body == BodyUse::none || (route.body == BodyUse::json_if_any && !has_body)) return {};
  if (route.body != BodyUse::raw && !is_json_content_type(message[beast::field::content_type])) {
    return "send the body with Content-Type: application/json";
  }
  const std::string_view coding = message[beast::field::content_encoding];
  if (!coding.empty() && coding != "identity") {
    return "send the body uncompressed, without Content-Encoding";
  }
  return {};
}

// No co_await stands in a condition here: GCC 12 makes wrong code of some.
class RequestLoop {
 public:
  RequestLoop(Newcomer newcomer, const ServeContext& context)
      : connection_(std::move(newcomer.socket), context.registry, context.limits, newcomer.seat),
        context_(context),
        peer_(newcomer.peer) {}

  Task<void> serve() {
    bool goes_on = true;
    while (goes_on) goes_on = co_await serve_one();
  }

 private:
  Task<bool> serve_one();
  [[nodiscard]] static Request read_header(const RequestReader& reader);
  void note_form(Request& request, const RouteMatch& match);
  std::optional<Response> answer_to_header(const RequestReader& reader, const Request& request,
                                           RouteMatch& match, std::shared_ptr<Caller>& caller);
  Task<bool> receive_header(RequestReader& reader);
  Task<bool> receive_body(RequestReader& reader, const Route& route, Caller* caller);
  Task<bool> read_body(RequestReader& reader, Caller* caller);
  [[nodiscard]] Clock::duration pause_in_body(const RequestReader& reader, std::size_t bytes,
                                              Caller* caller) const;
  Task<Response> answer(const Route& route, Exchange& exchange);

  [[nodiscard]] Response refusal(const RequestReader& reader) const;
  Task<bool> answer_unread(const RequestReader& reader, Response response);
  Task<bool> refuse(Response response);
  Task<bool> write(Response response, bool keep_alive);

  Connection connection_;
  const ServeContext& context_;
  asio::ip::address peer_;
  Date date_;
  // How the answer looks, whatever it is.
  ErrorRenderer errors_ = plain_error;
  bool head_only_ = false;
  std::string request_id_;
  std::string_view more_lines_;
};

// Reads one request and answers it. False when the connection is to be closed.
Task<bool> RequestLoop::serve_one() {
  RequestReader reader(context_.limits, context_.router.body_bytes_max());
  connection_.wait_for_request();
  head_only_ = false;
  errors_ = plain_error;
  request_id_.clear();
  more_lines_ = {};
  const bool has_header = co_await receive_header(reader);
  if (!has_header) {
    if (connection_.stopped() == Stop::none && !reader.refusal()) co_return false;  // no client
    co_return co_await refuse(refusal(reader));
  }
  Request request = read_header(reader);
  RouteMatch match = context_.router.match(request.method, request.path);
  note_form(request, match);
  const bool keep_alive = reader.message().keep_alive();  // before trailers can say otherwise
  if (reader.refusal()) co_return co_await refuse(refusal(reader));
  std::shared_ptr<Caller> caller;
  if (auto response = answer_to_header(reader, request, match, caller)) {
    co_return co_await answer_unread(reader, *std::move(response));
  }
  const Route& route = *match.route;
  const bool has_body = co_await receive_body(reader, route, caller.get());
  if (!has_body) co_return co_await refuse(refusal(reader));

  request.path_parameters = std::move(match.parameters);
  request.body = reader.take_body();
  connection_.enter_answering();
  const auto now = Clock::now();
  Stream stream(connection_, {.counters = context_.counters,
                              .date = date_,
                              .request_id = request_id_,
                              .more_lines = more_lines_,
                              .chunked = reader.message().version() >= 11,
                              .keep_alive = keep_alive && connection_.may_be_kept_alive(),
                              .head_only = head_only_});
  Exchange exchange{
      std::move(request), connection_.interruption(), now, stream, std::move(caller), peer_};
  Response response = co_await answer(route, exchange);
  connection_.membership().release_body();
  if (connection_.interruption().raised() == InterruptReason::client_gone) co_return false;
  if (stream.begun()) {
    const bool goes_on = co_await stream.end(response.after_answer);
    co_return goes_on&& connection_.may_be_kept_alive();
  }
  co_return co_await write(std::move(response), keep_alive && connection_.may_be_kept_alive());
}

// What the request is, without its body.
Request RequestLoop::read_header(const RequestReader& reader) {
  const auto& message = reader.message();
  Request request;
  request.method = message.method_string();
  request.path = path_of_target(message.target());
  request.query = query_of_target(message.target());
  request.headers = RequestHeaders(message);
  request.trace = trace_context(message["traceparent"], message["X-Cloud-Trace-Context"]);
  return request;
}

// How its answer will look is known from here on.
void RequestLoop::note_form(Request& request, const RouteMatch& match) {
  errors_ = match.errors;
  head_only_ = request.method == "HEAD";
  if (context_.cors != nullptr) {
    more_lines_ = context_.cors->lines_for(request.headers[RequestHeader::origin]);
  }
  if (!match.has_request_id) return;
  request_id_ = context_.request_ids.choose(request.headers[RequestHeader::request_id]);
  request.request_id = request_id_;
}

// The answer to a request whose body is not read. Empty: it may come in, and `caller` is who sent
// it.
std::optional<Response> RequestLoop::answer_to_header(const RequestReader& reader,
                                                      const Request& request, RouteMatch& match,
                                                      std::shared_ptr<Caller>& caller) {
  if (context_.cors != nullptr) {
    if (auto preflight = context_.cors->answer_preflight(request, match)) return preflight;
  }
  if (match.refusal) return std::move(match.refusal);
  const auto& message = reader.message();
  if (context_.gate != nullptr) {
    auto admitted = context_.gate->admit({request.method, message.target(), request.headers, peer_},
                                         *match.route);
    if (auto* const response = std::get_if<Response>(&admitted)) return std::move(*response);
    caller = std::get<std::shared_ptr<Caller>>(std::move(admitted));
  }
  if (caller != nullptr && context_.body_pacer != nullptr) {
    context_.body_pacer->note(*caller, Clock::now());
  }
  if (const auto why = unreadable_body(*match.route, message, !reader.done()); !why.empty()) {
    return error_response(415, why, errors_);
  }
  return std::nullopt;
}

Task<Response> RequestLoop::answer(const Route& route, Exchange& exchange) {
  // A handler that throws (out of memory, a bug) costs its own request, not the service.
  try {
    co_return co_await route.handler(exchange);
  } catch (const std::exception& exception) {
    spdlog::error("{} {}: {}", exchange.request.method, exchange.request.path, exception.what());
    exchange.stream.break_off();
  }
  co_return error_response(500, "internal error", errors_);
}

// ---- reading ----

// False: there is none. The connection or the reader knows why, or the client is gone.
Task<bool> RequestLoop::receive_header(RequestReader& reader) {
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
Task<bool> RequestLoop::receive_body(RequestReader& reader, const Route& route, Caller* caller) {
  if (!route.is_status && !connection_.membership().may_be_busy()) {
    connection_.stop(Stop::connections);
    co_return false;
  }
  if (reader.done()) co_return true;
  reader.limit_body(route.body_bytes_max == 0 ? context_.limits.body_bytes_max
                                              : route.body_bytes_max);
  if (reader.refusal()) co_return false;
  if (reader.expects_welcome()) {  // curl waits for it ahead of large bodies
    co_await connection_.write_at_once("HTTP/1.1 100 Continue\r\n\r\n");
  }
  connection_.enter(Phase::body, context_.limits.body_time_max);
  co_return co_await read_body(reader, caller);
}

// Of a body that is not counted as a large one: none.
Clock::duration RequestLoop::pause_in_body(const RequestReader& reader, std::size_t bytes,
                                           Caller* caller) const {
  const bool is_large = reader.body_bytes() > context_.limits.body_bytes_free;
  if (!is_large || caller == nullptr || context_.body_pacer == nullptr) {
    return Clock::duration::zero();
  }
  return context_.body_pacer->pause(*caller, bytes, Clock::now());
}

Task<bool> RequestLoop::read_body(RequestReader& reader, Caller* caller) {
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
    const std::size_t bytes = reader.body_bytes() - bytes_before;
    connection_.advance(bytes);
    const auto pause = pause_in_body(reader, bytes, caller);
    if (pause > Clock::duration::zero()) {
      context_.counters.count_body_pause();
      co_await connection_.rest(pause);
    }
    const auto ec = co_await connection_.read_some();
    if (ec) {
      reader.break_off(ec);
      co_return false;
    }
  }
}

// ---- answering ----

// The answer to a request that could not be read, or is not read.
Response RequestLoop::refusal(const RequestReader& reader) const {
  const auto* const stop = std::ranges::find(kStops, connection_.stopped(), &StopRow::why);
  if (stop == kStops.end()) {
    return error_response(reader.refusal()->status, reader.refusal()->message, errors_);
  }
  Response response = error_response(stop->status, stop->message, errors_);
  if (!stop->kind.empty()) set_kind(response, stop->kind);
  if (stop->counted_as) {
    context_.counters.count_refusal(*stop->counted_as);
    response.retry_after_s = 1;
  }
  return response;
}

// An answer before the body was read: the connection survives only when there is none.
Task<bool> RequestLoop::answer_unread(const RequestReader& reader, Response response) {
  if (response.hold.count() > 0) co_await connection_.hold(response.hold);
  if (!connection_.is_open()) co_return false;
  if (!reader.done()) co_return co_await refuse(std::move(response));
  const bool keep_alive = reader.message().keep_alive() && connection_.may_be_kept_alive();
  co_return co_await write(std::move(response), keep_alive);
}

// Answers and closes.
Task<bool> RequestLoop::refuse(Response response) {
  if (!connection_.is_open()) co_return false;
  connection_.membership().release_body();
  co_await write(std::move(response), false);
  co_await connection_.linger();
  co_return false;
}

// False when the connection is to be closed.
Task<bool> RequestLoop::write(Response response, bool keep_alive) {
  context_.counters.count_response(response.status);
  const std::string head = response_head(response, {.keep_alive = keep_alive,
                                                    .date = date_.now(),
                                                    .request_id = request_id_,
                                                    .more_lines = more_lines_});
  Connection::Parts parts{asio::buffer(head), asio::buffer(response.body)};
  if (head_only_ || ends_with_header(response.status)) parts[1] = {};
  const bool sent =
      co_await connection_.write(parts, response.after_answer, response.body.capacity());
  co_return sent&& keep_alive;
}

}  // namespace

Task<void> serve_connection(Newcomer newcomer, const ServeContext& context) {
  RequestLoop connection(std::move(newcomer), context);
  co_await connection.serve();
}

}  // namespace forkjail::http
