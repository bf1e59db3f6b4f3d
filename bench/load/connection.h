// Connection: one keep-alive connection that carries one request at a time. It opens itself when a
// request starts and no socket is open (the time to connect is part of that request's latency), and
// closes when the server says so. Readiness comes edge-triggered from the owner's epoll.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/unique_fd.h"
#include "load/arrivals.h"
#include "load/http_response.h"
#include "load/target.h"

namespace forkjail::load {

// Why a request brought no response.
enum class Failure { kConnect, kClosed, kMalformed, kTimeout, kUnfinished, kQueueFull };
inline constexpr std::size_t kFailureKinds = 6;

class Connection {
 public:
  enum class Progress { kWaiting, kDone, kConnectFailed, kClosed, kMalformed };

  // All three outlive the connection; `tag` is what epoll reports for it.
  Connection(const Target& target, const RequestText& request, int epoll_fd, std::uint64_t tag);

  // Starts a request. Only when !busy().
  Progress start(Clock::time_point intended, Clock::time_point now, std::uint64_t nonce);
  // Goes on after epoll reported readiness. `buffer` is scratch space for received bytes.
  Progress advance(std::span<char> buffer);
  // Ends a request in any state: after a failure, or to give it up. Closes the socket.
  void abandon();

  [[nodiscard]] bool busy() const { return busy_; }
  [[nodiscard]] Clock::time_point intended() const { return intended_; }
  [[nodiscard]] Clock::time_point started() const { return started_; }
  [[nodiscard]] const HttpResponse& response() const { return response_; }

 private:
  bool open();
  Progress send_rest();
  Progress receive(std::span<char> buffer);
  Progress finish();

  const Target& target_;
  const RequestText& request_;
  int epoll_fd_;
  std::uint64_t tag_;
  UniqueFd socket_;
  std::string bytes_;  // the request, with this connection's nonce in it
  std::size_t sent_ = 0;
  bool busy_ = false;
  bool connected_ = false;
  Clock::time_point intended_;
  Clock::time_point started_;
  HttpResponse response_;
};

}  // namespace forkjail::load
