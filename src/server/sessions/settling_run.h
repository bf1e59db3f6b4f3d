// What a session's run may still compute behind its reply: the script returns, its state is copied,
// or the head is made again. Until that is over it counts as a run. It is named a long one once it
// lasts, it is ended if it does not return, and without an end the session is lost.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "loop/loop.h"
#include "server/cells/session_cell.h"
#include "server/run/run.h"

namespace forkjail::server {

class SettlingRun {
 public:
  // Since the reply.
  struct Times {
    std::chrono::milliseconds lasts = LengthWatch::kShortRunTimeMax;
    // A run that has replied returns within microseconds; one that has not after seconds was
    // tampered with.
    std::chrono::milliseconds stopped{3'000};
    // Longer than the keeper waits for a copy (Keeper::kForkTimeMax): one that tells nothing by
    // then has lost hold of its processes.
    std::chrono::milliseconds lost{20'000};
  };
  // `cell` outlives it.
  SettlingRun(const Executor& executor, SessionCell& cell, const Times& times)
      : cell_(cell), times_(times), timer_(executor) {}

  void begin();
  void end();

 private:
  void await_step();

  SessionCell& cell_;
  Times times_;
  Timer timer_;
  Clock::time_point begun_{};
  std::size_t step_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // a timer's call may come too late
};

}  // namespace forkjail::server
