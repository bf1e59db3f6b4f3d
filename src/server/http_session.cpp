#include "server/http_session.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "server/http_date.h"
#include "server/http_framing.h"

namespace forkjail::server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

constexpr std::size_t kReadBytes = 64 * kKiB;
constexpr std::size_t kFreeBodyBytes = 64 * kKiB;  // of a body, not counted against the common cap

enum class Phase { idle, header, body, answering, writing, lingering };

// Bytes of a body that count against the cap of all bodies, while it is held.
class BodyReservation {
 public:
  explicit BodyReservation(SessionRegistry& registry) : registry_(registry) {}
  BodyReservation(const BodyReservation&) = delete;
  BodyReservation& operator=(const BodyReservation&) = delete;
  ~BodyReservation() { registry_.release_body(bytes_); }

  [[nodiscard]] bool reserve(std::size_t bytes) {
    if (bytes <= kFreeBodyBytes) return true;
    if (!registry_.reserve_body(bytes)) return false;
    bytes_ += bytes;
    return true;
  }

 private:
  SessionRegistry& registry_;
  std::size_t bytes_ = 0;
};

class HttpSession final : public Session {
 public:
  HttpSession(TcpSocket socket, const HttpContext& context)
      : socket_(std::move(socket)),
        context_(context),
        buffer_(context.limits.header_bytes_max + kReadBytes) {}

  Task<void> serve() {
    const SessionRegistry::Membership membership(context_.registry, *this);
    ErrorCode ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    while (co_await serve_one()) {
    }
    socket_.close(ignored);
  }

  // Session
  void sweep(Clock::time_point now) override {
    if (phase_ == Phase::answering) {
      if (client_gone()) interruption_.raise(InterruptReason::client_gone);
      return;
    }
    if (now < deadline_) return;
    timed_out_ = true;
    ErrorCode ignored;
    if (phase_ == Phase::header || phase_ == Phase::body) {
      socket_.cancel(ignored);  // the reading coroutine answers 408
    } else {
      socket_.close(ignored);
    }
  }
  [[nodiscard]] bool idle() const override { return phase_ == Phase::idle; }
  [[nodiscard]] Clock::time_point idle_since() const override { return idle_since_; }
  void close() override {
    ErrorCode ignored;
    socket_.close(ignored);
    interruption_.raise(InterruptReason::client_gone);
  }
  void interrupt(InterruptReason reason) override {
    if (phase_ == Phase::answering) interruption_.raise(reason);
  }

 private:
  // Reads one request and answers it. False when the connection is to be closed.
  Task<bool> serve_one() {
    Parser parser;
    parser.header_limit(context_.limits.header_bytes_max);
    parser.body_limit(context_.limits.body_bytes_max);
    limit_chunk_extensions(parser);

    interruption_ = {};
    head_only_ = false;
    errors_ = ErrorShape::plain;
    enter(Phase::idle, context_.limits.idle_time_max);
    idle_since_ = Clock::now();
    const ErrorCode header_error = co_await read_header(parser);
    if (header_error) {
      auto refusal = header_refusal(parser, header_error);
      if (!refusal) co_return false;
      co_return co_await refuse(*std::move(refusal));
    }

    const auto& message = parser.get();
    const std::string path(path_of_target(message.target()));
    errors_ = context_.router.error_shape(path);
    head_only_ = message.method() == http::verb::head;
    if (const auto error =
            check_framing(message, message.version(), message.target(), context_.limits)) {
      co_return co_await refuse(error_response(error->status, error->message, errors_));
    }
    const auto found = context_.router.find(message.method_string(), path);
    if (const auto* response = std::get_if<HttpResponse>(&found)) {
      co_return co_await answer_without_body(parser, *response);
    }
    const Route& route = *std::get<const Route*>(found);
    if (route.takes_json && !is_json_content_type(message[http::field::content_type])) {
      co_return co_await answer_without_body(
          parser,
          error_response(415, "send the body with Content-Type: application/json", errors_));
    }
    BodyReservation reservation(context_.registry);
    if (!reservation.reserve(body_bytes_ahead(parser))) {
      context_.metrics.count_refusal(Refusal::large_bodies);
      HttpResponse response = error_response(503, "too many large requests at once", errors_);
      response.retry_after_s = 1;
      co_return co_await refuse(std::move(response));
    }
    if (auto refusal = co_await read_body(parser)) co_return co_await refuse(*std::move(refusal));

    const bool keep_alive = message.keep_alive();
    phase_ = Phase::answering;
    // Member by member: GCC 12 destroys temporaries of an aggregate twice in a coroutine.
    HttpRequest request;
    request.method = message.method_string();
    request.path = path;
    request.body = std::move(parser.get().body());
    request.trace = trace_context(message["traceparent"], message["X-Cloud-Trace-Context"]);
    const auto now = Clock::now();
    Exchange exchange{std::move(request), interruption_, now};
    HttpResponse response = co_await answer(route, exchange);
    if (interruption_.raised() == InterruptReason::client_gone) co_return false;
    co_return co_await write(std::move(response), keep_alive && !context_.registry.draining());
  }

  Task<HttpResponse> answer(const Route& route, Exchange& exchange) {
    // A handler that throws (out of memory, a bug) costs its own request, not the service.
    try {
      co_return co_await route.handler(exchange);
    } catch (const std::exception& exception) {
      spdlog::error("{} {}: {}", exchange.request.method, exchange.request.path, exception.what());
    }
    co_return error_response(500, "internal error", errors_);
  }

  // ---- reading ----

  Task<ErrorCode> read_header(Parser& parser) {
    for (;;) {
      if (buffer_.size() > 0) {
        if (phase_ == Phase::idle) enter(Phase::header, context_.limits.header_time_max);
        ErrorCode ec;
        buffer_.consume(parser.put(buffer_.data(), ec));
        if (parser.is_header_done()) co_return ErrorCode{};
        if (ec && ec != http::error::need_more) co_return ec;
      }
      if (const ErrorCode ec = co_await read_some()) co_return ec;
    }
  }

  Task<std::optional<HttpResponse>> read_body(Parser& parser) {
    if (parser.is_done()) co_return std::nullopt;
    if (auto refusal = co_await welcome_body(parser)) co_return refusal;
    enter(Phase::body, context_.limits.body_time_max);
    parser.eager(true);
    while (!parser.is_done()) {
      ErrorCode ec;
      if (buffer_.size() > 0) {
        buffer_.consume(parser.put(buffer_.data(), ec));
        if (ec == http::error::need_more) ec = {};
        if (ec) co_return body_error(ec);
        if (parser.is_done()) break;
      }
      ec = co_await read_some();
      if (ec) co_return body_error(ec);
    }
    co_return std::nullopt;
  }

  // Answers `Expect: 100-continue`, which curl sends ahead of large bodies.
  Task<std::optional<HttpResponse>> welcome_body(const Parser& parser) {
    const auto expect = parser.get()[http::field::expect];
    if (expect.empty()) co_return std::nullopt;
    if (!beast::iequals(expect, "100-continue")) {
      co_return error_response(417, "the only expectation that is met is 100-continue", errors_);
    }
    enter(Phase::writing, context_.limits.write_time_max);
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(socket_, asio::buffer(kContinue), use_task);
    co_return std::nullopt;  // a failed write shows at the next read
  }

  Task<ErrorCode> read_some() {
    const std::size_t room = buffer_.max_size() - buffer_.size();
    if (room == 0) co_return http::error::buffer_overflow;
    const auto space = buffer_.prepare(std::min(room, kReadBytes));
    const auto [ec, n] = co_await socket_.async_read_some(space, use_task);
    buffer_.commit(n);
    co_return ec;
  }

  static std::size_t body_bytes_ahead(const Parser& parser) {
    if (const auto length = parser.content_length()) return static_cast<std::size_t>(*length);
    return parser.chunked() ? kBodyBytesMax : 0;
  }

  void limit_chunk_extensions(Parser& parser) {
    parser.on_chunk_header(on_chunk_);
    chunk_extension_bytes_ = 0;
  }

  // ---- refusing ----

  // The answer to a header that could not be read; nothing when there is nobody to answer.
  [[nodiscard]] std::optional<HttpResponse> header_refusal(const Parser& parser,
                                                           ErrorCode ec) const {
    if (timed_out_ && phase_ == Phase::header) {
      return error_response(408, "the request header came too slowly", errors_);
    }
    if (ec == http::error::body_limit) return body_too_large();
    if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
      if (parser.get().target().empty()) {  // its first line has no end
        return error_response(414, "the request target is too long", errors_);
      }
      return error_response(431, "the request header is too large", errors_);
    }
    // Everything of Beast's own category is the client's bad HTTP; the rest is a lost connection.
    const ErrorCode of_beast = http::make_error_code(http::error::bad_method);
    if (ec.category() != of_beast.category() || ec == http::error::end_of_stream) {
      return std::nullopt;
    }
    if (ec == http::error::bad_version) return error_response(505, "speak HTTP/1.1", errors_);
    return error_response(400, "the request is not valid HTTP: " + ec.message(), errors_);
  }

  [[nodiscard]] HttpResponse body_too_large() const {
    return error_response(
        413, "the body is larger than " + std::to_string(context_.limits.body_bytes_max) + " bytes",
        errors_);
  }

  [[nodiscard]] HttpResponse body_error(ErrorCode ec) const {
    if (timed_out_) return error_response(408, "the request body came too slowly", errors_);
    if (ec == http::error::body_limit) return body_too_large();
    return error_response(400, "the request body is not valid HTTP: " + ec.message(), errors_);
  }

  // An answer before the body was read: the connection survives only when there is none.
  Task<bool> answer_without_body(const Parser& parser, HttpResponse response) {
    if (!parser.is_done() && body_bytes_ahead(parser) > 0) {
      co_return co_await refuse(std::move(response));
    }
    const bool keep_alive = parser.get().keep_alive() && !context_.registry.draining();
    co_return co_await write(std::move(response), keep_alive);
  }

  // Answers and closes, but reads on for a while: closing with unread bytes would reset the
  // connection, and the client would never see why.
  Task<bool> refuse(HttpResponse response) {
    timed_out_ = false;
    co_await write(std::move(response), false);
    ErrorCode ec;
    socket_.shutdown(TcpSocket::shutdown_send, ec);
    enter(Phase::lingering, context_.limits.linger_time_max);
    std::size_t left = context_.limits.linger_bytes_max;
    while (!ec && left > 0) {
      buffer_.clear();
      ec = co_await read_some();
      left -= std::min(left, buffer_.size());
    }
    co_return false;
  }

  // ---- writing ----

  Task<bool> write(HttpResponse response, bool keep_alive) {
    enter(Phase::writing, context_.limits.write_time_max);
    context_.metrics.count_response(response.status);
    const std::string head =
        response_head(response, {.keep_alive = keep_alive, .date = date_.now()});
    std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(response.body)};
    if (head_only_) parts[1] = {};
    // Most answers fit the socket's buffer: one call, without the loop in between.
    ErrorCode ec;
    const std::size_t total = asio::buffer_size(parts);
    std::size_t sent = socket_.write_some(parts, ec);
    response.keep_until_sent.reset();
    if (ec && ec != asio::error::would_block) co_return false;
    while (sent < total) {
      const std::size_t of_head = std::min(sent, head.size());
      const std::array rest{parts[0] + of_head, parts[1] + (sent - of_head)};
      const auto [error, n] = co_await socket_.async_write_some(rest, use_task);
      if (error) co_return false;
      sent += n;
    }
    co_return keep_alive;
  }

  // ---- state ----

  void enter(Phase phase, std::chrono::milliseconds time_max) {
    phase_ = phase;
    deadline_ = Clock::now() + time_max;
  }

  // While a request is answered nothing reads the socket. A peek tells an end of file; behind
  // pipelined bytes the connection's state does.
  [[nodiscard]] bool client_gone() {
    char byte = 0;
    const auto n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n == 0) return true;
    if (n < 0) return errno != EAGAIN && errno != EINTR;
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
      return false;
    }
    return info.tcpi_state != TCP_ESTABLISHED;
  }

  TcpSocket socket_;
  const HttpContext& context_;
  beast::flat_buffer buffer_;
  Interruption interruption_;
  HttpDate date_;
  ErrorShape errors_ = ErrorShape::plain;
  bool head_only_ = false;
  bool timed_out_ = false;
  Phase phase_ = Phase::idle;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point idle_since_;
  std::size_t chunk_extension_bytes_ = 0;
  std::function<void(std::uint64_t, beast::string_view, ErrorCode&)> on_chunk_ =
      [this](std::uint64_t, beast::string_view extensions, ErrorCode& ec) {
        chunk_extension_bytes_ += extensions.size();
        if (chunk_extension_bytes_ > context_.limits.chunk_extension_bytes_max) {
          ec = http::error::bad_chunk_extension;
        }
      };
};

}  // namespace

Task<void> serve_http_connection(TcpSocket socket, const HttpContext& context) {
  HttpSession session(std::move(socket), context);
  co_await session.serve();
}

}  // namespace forkjail::server
