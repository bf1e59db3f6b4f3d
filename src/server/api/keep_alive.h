// Sends a piece of its own into a stream that has been silent for a while, so that nothing between
// the server and its client takes the connection for dead.
// A member of what writes the stream; costs one timer.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "http/stream.h"
#include "loop/loop.h"

namespace forkjail::server {

class KeepAlive {
 public:
  // `stream` outlives it. `piece`: a constant.
  KeepAlive(http::Stream& stream, const Executor& executor, std::chrono::milliseconds silence_max,
            std::string_view piece)
      : stream_(stream), timer_(executor), silence_max_(silence_max), piece_(piece) {}
  KeepAlive(const KeepAlive&) = delete;  // its timer points to it
  KeepAlive& operator=(const KeepAlive&) = delete;

  // The stream has begun.
  void begin();
  // Something was sent.
  void note_piece() { silent_since_ = Clock::now(); }
  void stop() { timer_.cancel(); }

 private:
  void look_at(Clock::time_point at);

  http::Stream& stream_;
  Timer timer_;
  std::chrono::milliseconds silence_max_;
  std::string_view piece_;
  Clock::time_point silent_since_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the timer's work sees its end
};

}  // namespace forkjail::server
