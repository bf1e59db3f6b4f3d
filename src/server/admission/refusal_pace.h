// Holds the answers of requests that ran nothing (503, 400) to a rate, once they are many. A client
// that sends again at once, whatever Retry-After says, waits for its next refusal instead: else a
// thousand of them would leave the processor no time for the runs. Below the rate nothing waits.
// Owned by the service.
#pragma once

#include <chrono>

#include "loop/interruption.h"
#include "loop/loop.h"

namespace forkjail::server {

// The rate, apart from clocks. Pure.
class RefusalRate {
 public:
  static constexpr int kPerSecond = 1'000;  // costs some percent of a processor
  static constexpr int kBurst = 100;        // not delayed
  static constexpr std::chrono::milliseconds kHoldMax{1'000};
  static constexpr std::chrono::milliseconds kBatch{
      10};  // those of this long are released together

  // When a refusal that was decided `now` may be answered: `now` or later.
  [[nodiscard]] Clock::time_point next(Clock::time_point now);

 private:
  Clock::time_point used_up_to_;  // beyond the burst, refusals are due at regular times
};

class RefusalPace {
 public:
  explicit RefusalPace(const Executor& executor) : executor_(executor) {}

  // Returns when this refusal may be answered, or when its client has left.
  Task<void> await_turn(Interruption& interruption);

 private:
  Executor executor_;
  RefusalRate rate_;
};

}  // namespace forkjail::server
