// What a connection is at, since when and until when. Every phase has a deadline. A transfer, which
// is a body or an answer, must also keep a pace: it counts as waiting since it last moved by
// `pace_bytes`, so that a byte now and then buys no time.
//
// Owned by its connection. The caller says what time it is.
#pragma once

#include <cstddef>

#include "http/limits.h"
#include "loop/loop.h"

namespace forkjail::http {

enum class Phase {
  idle,       // waits for a request with nothing of it received
  header,     // a request line and headers come
  body,       // a body comes
  answering,  // a handler is at it
  streaming,  // likewise, and its answer goes out meanwhile
  writing,    // an answer goes out
  lingering,  // reads on after an early error
};

class ConnectionPhase {
 public:
  void enter(Phase phase, Clock::time_point now, std::chrono::milliseconds time_max) {
    phase_ = phase;
    since_ = now;
    deadline_ = now + time_max;
    moved_bytes_ = 0;
  }
  // No deadline: a run has its own.
  void enter_answering() {
    phase_ = Phase::answering;
    deadline_ = Clock::time_point::max();
  }

  // No deadline while the client has taken all that there is.
  void enter_streaming() {
    phase_ = Phase::streaming;
    deadline_ = Clock::time_point::max();
  }
  // The client took `bytes` of a stream, and something is left or not.
  void advance_stream(std::size_t bytes, bool something_left, Clock::time_point now,
                      std::chrono::milliseconds stall_time_max) {
    if (!something_left) {
      deadline_ = Clock::time_point::max();
    } else if (bytes > 0 || deadline_ == Clock::time_point::max()) {
      deadline_ = now + stall_time_max;
    }
  }

  // The transfer moved. True: so far that it waits only since now.
  bool advance(std::size_t bytes, std::size_t pace_bytes, Clock::time_point now) {
    moved_bytes_ += bytes;
    if (moved_bytes_ < pace_bytes) return false;
    moved_bytes_ = 0;
    since_ = now;
    return true;
  }
  void shorten(Clock::time_point deadline) { deadline_ = std::min(deadline_, deadline); }

  [[nodiscard]] Phase at() const { return phase_; }
  // Since when it waits for its client.
  [[nodiscard]] Clock::time_point since() const { return since_; }
  [[nodiscard]] bool is_answered() const {
    return phase_ == Phase::answering || phase_ == Phase::streaming;
  }
  [[nodiscard]] bool waits() const { return !is_answered(); }
  [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
  [[nodiscard]] bool overdue(Clock::time_point now, std::chrono::milliseconds pace_time_max) const {
    const bool transfers = phase_ == Phase::body || phase_ == Phase::writing;
    return now >= deadline_ || (transfers && now - since_ >= pace_time_max);
  }

 private:
  Phase phase_ = Phase::idle;
  Clock::time_point since_ = Clock::now();
  Clock::time_point deadline_ = Clock::time_point::max();
  std::size_t moved_bytes_ = 0;
};

}  // namespace forkjail::http
