#include "http/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/write.hpp>

namespace forkjail::http {
namespace {
constexpr std::size_t kReadBytes = 64 * kKiB;
}  // namespace

Connection::Connection(TcpSocket socket, ConnectionRegistry& registry, const Limits& limits,
                       Seat seat)
    : socket_(std::move(socket)),
      registry_(registry),
      limits_(limits),
      buffer_(limits.header_bytes_max + kReadBytes),
      membership_(registry, *this, seat) {
  ErrorCode ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

void Connection::wait_for_request() {
  ++requests_;
  interruption_ = {};
  stop_ = Stop::none;
  enter(Phase::idle, limits_.idle_time_max);
}

void Connection::enter(Phase phase, std::chrono::milliseconds time_max) {
  if (membership_.seat() == Seat::kept_back && phase != Phase::writing) {
    time_max = std::min(time_max, limits_.kept_back_time_max);
  }
  phase_.enter(phase, Clock::now(), time_max);
  membership_.note_phase();
}

void Connection::enter_answering() {
  phase_.enter_answering();
  membership_.note_phase();
}

void Connection::enter_streaming() {
  phase_.enter_streaming();
  membership_.note_phase();
}

void Connection::advance(std::size_t bytes) {
  if (phase_.advance(bytes, limits_.pace_bytes, Clock::now())) membership_.note_phase();
}

bool Connection::may_be_kept_alive() const {
  return membership_.seat() == Seat::ordinary && !registry_.draining();
}

// ---- reading ----

std::string_view Connection::unused() const {
  const auto bytes = buffer_.cdata();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

Task<Connection::ErrorCode> Connection::read_some() {
  if (stop_ != Stop::none) co_return asio::error::operation_aborted;  // while it rested
  const std::size_t room = buffer_.max_size() - buffer_.size();
  if (room == 0) co_return asio::error::no_buffer_space;
  const auto space = buffer_.prepare(std::min(room, kReadBytes));
  const auto [ec, n] = co_await socket_.async_read_some(space, use_task);
  buffer_.commit(n);
  if (stop_ != Stop::none || !socket_.is_open()) co_return asio::error::operation_aborted;
  co_return ec;
}

Task<void> Connection::rest(Clock::duration time) {
  Timer timer(socket_.get_executor(), time);
  co_await timer.async_wait(use_task);
}

void Connection::stop_reading(Stop why) {
  stop_ = why;
  ErrorCode ignored;
  socket_.cancel(ignored);  // the reading coroutine answers
}

Task<void> Connection::linger() {
  stop_ = Stop::none;
  ErrorCode ec;
  socket_.shutdown(TcpSocket::shutdown_send, ec);
  enter(Phase::lingering,
        registry_.draining() ? limits_.draining_linger_time_max : limits_.linger_time_max);
  std::size_t left = limits_.linger_bytes_max;
  while (!ec && left > 0) {
    buffer_.clear();
    ec = co_await read_some();
    left -= std::min(left, buffer_.size());
  }
}

// ---- writing ----

Task<bool> Connection::write(Parts parts, AfterAnswer& after_answer, std::size_t held_bytes) {
  enter(Phase::writing, limits_.write_time_max);
  // Most answers fit the socket's buffer: one call, without the loop in between.
  ErrorCode ec;
  const std::size_t sent = socket_.write_some(parts, ec);
  after_answer.run();
  if (ec && ec != asio::error::would_block) co_return false;
  if (sent == asio::buffer_size(parts)) co_return true;
  membership_.hold_answer(held_bytes);
  const bool whole = co_await write_rest(parts, sent);
  membership_.release_answer();
  co_return whole;
}

Task<bool> Connection::write_rest(Parts parts, std::size_t sent) {
  while (sent < asio::buffer_size(parts)) {
    const std::size_t of_first = std::min(sent, parts[0].size());
    const Parts rest{parts[0] + of_first, parts[1] + (sent - of_first)};
    const auto [ec, n] = co_await socket_.async_write_some(rest, use_task);
    if (ec) co_return false;
    sent += n;
    advance(n);
  }
  co_return true;
}

Task<void> Connection::write_at_once(std::string_view text) {
  enter(Phase::writing, limits_.write_time_max);
  co_await asio::async_write(socket_, asio::buffer(text), use_task);
  // A failed write shows at the next read.
}

Task<void> Connection::hold(std::chrono::milliseconds time) {
  enter(Phase::writing, limits_.write_time_max);
  Timer timer(socket_.get_executor(), time);
  const auto listening = interruption_.listen([&timer](InterruptReason) { timer.cancel(); });
  if (interruption_.raised()) co_return;
  const auto watch = close_once_gone();
  co_await timer.async_wait(use_task);
  ErrorCode ignored;
  socket_.cancel(ignored);  // the peek, so that the next read is the only one
}

// While the returned value lives. Of a client that sends more first it is not noticed: that stays
// unread.
std::shared_ptr<char> Connection::close_once_gone() {
  auto peeked = std::make_shared<char>();
  socket_.async_receive(
      asio::buffer(peeked.get(), 1), TcpSocket::message_peek,
      [this, watch = std::weak_ptr<char>(peeked)](const ErrorCode& ec, std::size_t) {
        if (ec && ec != asio::error::operation_aborted && !watch.expired()) close();
      });
  return peeked;
}

std::size_t Connection::send_some(std::string_view bytes) {
  if (bytes.empty() || !socket_.is_open()) return bytes.size();
  ErrorCode ec;
  const std::size_t sent = socket_.write_some(asio::buffer(bytes), ec);
  return !ec || ec == asio::error::would_block ? sent : bytes.size();
}

void Connection::await_room(std::function<void()> work) {
  socket_.async_wait(TcpSocket::wait_write, [work = std::move(work)](const ErrorCode& ec) {
    if (!ec) work();
  });
}

void Connection::note_stream(std::size_t sent, std::size_t held_bytes) {
  membership_.release_answer();
  if (held_bytes > 0) membership_.hold_answer(held_bytes);
  phase_.advance_stream(sent, held_bytes > 0, Clock::now(), limits_.stream_stall_time_max);
}

// ---- what the registry asks ----

bool Connection::kept_alive() const { return requests_ > 1 && phase_.at() == Phase::idle; }

void Connection::sweep(Clock::time_point now) {
  if (phase_.is_answered()) {
    if (client_gone()) interruption_.raise(InterruptReason::client_gone);
    if (phase_.at() == Phase::streaming && now >= phase_.deadline()) drop();
    return;
  }
  const auto pace_time_max =
      registry_.draining() ? limits_.draining_pace_time_max : limits_.pace_time_max;
  if (!phase_.overdue(now, pace_time_max)) return;
  if (phase_.at() == Phase::header) {
    stop_reading(Stop::slow_header);
  } else if (phase_.at() == Phase::body) {
    stop_reading(Stop::slow_body);
  } else {
    drop();
  }
}

void Connection::give_way(GaveWay reason) {
  if (reason == GaveWay::large_bodies) {
    stop_reading(Stop::large_bodies);
  } else {
    drop();
  }
}

void Connection::drain(Clock::time_point now) {
  if (phase_.at() == Phase::idle || phase_.at() == Phase::header) close();
  if (phase_.at() == Phase::body) stop_reading(Stop::draining);
  if (phase_.at() == Phase::lingering) phase_.shorten(now + limits_.draining_linger_time_max);
}

void Connection::close() {
  ErrorCode ignored;
  socket_.close(ignored);
  interruption_.raise(InterruptReason::client_gone);
}

void Connection::interrupt(InterruptReason reason) {
  if (phase_.is_answered()) interruption_.raise(reason);
}

// Closes, and what the client has not read by now goes too: the kernel would keep it for minutes.
void Connection::drop() {
  ErrorCode ignored;
  int unread_bytes = 0;
  if (::ioctl(socket_.native_handle(), TIOCOUTQ, &unread_bytes) == 0 && unread_bytes > 0) {
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  close();
}

// While a request is answered nothing reads the socket. A peek tells an end of file; behind
// pipelined bytes the connection's state does.
bool Connection::client_gone() {
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

}  // namespace forkjail::http
