// The transport below one HTTP connection: its socket, what was read and not used yet, what it is
// at and until when, and its end. Knows bytes, deadlines and shortages; nothing of HTTP.
//
// Owned by the HTTP connection, a coroutine that calls everything here but the functions of
// RegisteredConnection: those the registry calls, between two steps of that coroutine.
#pragma once

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <functional>
#include <memory>
#include <string_view>

#include "http/after_answer.h"
#include "http/connection_phase.h"
#include "http/connection_registry.h"
#include "loop/interruption.h"
#include "loop/loop.h"

namespace forkjail::http {

// Why the rest of a request is not read any more.
enum class Stop : std::uint8_t {
  none,
  slow_header,
  slow_body,
  draining,
  large_bodies,
  connections
};

class Connection final : public RegisteredConnection {
 public:
  using ErrorCode = boost::system::error_code;
  using Parts = std::array<asio::const_buffer, 2>;

  Connection(TcpSocket socket, ConnectionRegistry& registry, const Limits& limits, Seat seat);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Before the first request, and after each that was answered.
  void wait_for_request();
  void enter(Phase phase, std::chrono::milliseconds time_max);
  void enter_answering();
  // The transfer that goes on moved by so much.
  void advance(std::size_t bytes);

  // What was read and not used yet.
  [[nodiscard]] std::string_view unused() const;
  void use(std::size_t bytes) { buffer_.consume(bytes); }
  // Waits for more. An error also once it was stopped or closed, whatever came.
  Task<ErrorCode> read_some();
  // Reads nothing for a while, which counts as time that the client had.
  Task<void> rest(Clock::duration time);
  [[nodiscard]] Stop stopped() const { return stop_; }
  void stop(Stop why) { stop_ = why; }

  // Sends what the socket takes at once, and runs `after_answer`; then the rest, as the client
  // takes it. `held_bytes` is what the answer costs while it waits. False: it was not sent whole.
  Task<bool> write(Parts parts, AfterAnswer& after_answer, std::size_t held_bytes);
  Task<void> write_at_once(std::string_view text);
  // Lets the client wait for an answer, as one whose turn to be closed comes first in a shortage.
  // Closes if it leaves meanwhile: the seat is free for another.
  Task<void> hold(std::chrono::milliseconds time);

  // For an answer that is sent as it comes (stream.h).
  void enter_streaming();
  // How many of the bytes are done with: those that the socket takes at once. Of a client that is
  // gone all are; the next sweep interrupts its request.
  std::size_t send_some(std::string_view bytes);
  // One call of `work` follows once the socket takes more, and none once it is closed.
  void await_room(std::function<void()> work);
  // The client took `sent` bytes of the stream; `held_bytes` are kept for it, 0: it has them all.
  void note_stream(std::size_t sent, std::size_t held_bytes);

  // Tells the client that no more comes, and reads on for a while: closing with unread bytes would
  // reset the connection, and the client would never see its answer.
  Task<void> linger();

  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  [[nodiscard]] bool may_be_kept_alive() const;
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] Interruption& interruption() { return interruption_; }
  [[nodiscard]] ConnectionRegistry::Membership& membership() { return membership_; }

  // RegisteredConnection
  [[nodiscard]] const ConnectionPhase& phase() const override { return phase_; }
  [[nodiscard]] bool kept_alive() const override;
  void sweep(Clock::time_point now) override;
  void give_way(GaveWay reason) override;
  void drain(Clock::time_point now) override;
  void close() override;
  void interrupt(InterruptReason reason) override;

 private:
  Task<bool> write_rest(Parts parts, std::size_t sent);
  void stop_reading(Stop why);
  void drop();
  [[nodiscard]] bool client_gone();
  [[nodiscard]] std::shared_ptr<char> close_once_gone();

  TcpSocket socket_;
  ConnectionRegistry& registry_;
  const Limits& limits_;
  boost::beast::flat_buffer buffer_;
  Interruption interruption_;
  ConnectionPhase phase_;
  Stop stop_ = Stop::none;
  std::size_t requests_ = 0;
  ConnectionRegistry::Membership membership_;  // last: it is given back first
};

}  // namespace forkjail::http
