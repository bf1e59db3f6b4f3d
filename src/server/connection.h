// The transport below one HTTP connection: its socket, what was read and not used yet, what it is
// at and until when, and its end. Knows bytes, deadlines and shortages; nothing of HTTP.
//
// Owned by the HTTP session, a coroutine that calls everything here but the functions of Session:
// those the registry calls, between two steps of that coroutine.
#pragma once

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <string_view>

#include "server/connection_phase.h"
#include "server/interruption.h"
#include "server/loop.h"
#include "server/session_registry.h"

namespace forkjail::server {

// Why the rest of a request is not read any more.
enum class Stop : std::uint8_t {
  none,
  slow_header,
  slow_body,
  draining,
  large_bodies,
  connections
};

class Connection final : public Session {
 public:
  using ErrorCode = boost::system::error_code;
  using Parts = std::array<asio::const_buffer, 2>;

  Connection(TcpSocket socket, SessionRegistry& registry, const HttpLimits& limits, Seat seat);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Before the first request, and after each that was answered.
  void wait_for_request();
  void enter(Phase phase, std::chrono::milliseconds time_max);
  void enter_answering() { phase_.enter_answering(); }
  // The transfer that goes on moved by so much.
  void advance(std::size_t bytes) { phase_.advance(bytes, limits_.pace_bytes, Clock::now()); }

  // What was read and not used yet.
  [[nodiscard]] std::string_view unused() const;
  void use(std::size_t bytes) { buffer_.consume(bytes); }
  // Waits for more. An error also once it was stopped or closed, whatever came.
  Task<ErrorCode> read_some();
  [[nodiscard]] Stop stopped() const { return stop_; }
  void stop(Stop why) { stop_ = why; }

  // Sends what the socket takes at once, and drops `keep_until_sent`; then the rest, as the client
  // takes it. `held_bytes` is what the answer costs while it waits. False: it was not sent whole.
  Task<bool> write(Parts parts, std::shared_ptr<void>& keep_until_sent, std::size_t held_bytes);
  Task<void> write_at_once(std::string_view text);
  // Tells the client that no more comes, and reads on for a while: closing with unread bytes would
  // reset the connection, and the client would never see its answer.
  Task<void> linger();

  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  [[nodiscard]] bool may_be_kept_alive() const;
  [[nodiscard]] Interruption& interruption() { return interruption_; }
  [[nodiscard]] SessionRegistry::Membership& membership() { return membership_; }

  // Session
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

  TcpSocket socket_;
  SessionRegistry& registry_;
  const HttpLimits& limits_;
  boost::beast::flat_buffer buffer_;
  Interruption interruption_;
  ConnectionPhase phase_;
  Stop stop_ = Stop::none;
  std::size_t requests_ = 0;
  SessionRegistry::Membership membership_;  // last: it is given back first
};

}  // namespace forkjail::server
