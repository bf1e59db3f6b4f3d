// Holds the answers of requests that ran nothing (503, 400) to a rate, once they are many. A client
// that sends again at once, whatever Retry-After says, waits for its next refusal instead: else a
// thousand of them would leave the processor no time for the runs. Below the rate nothing waits.
// Owned by the service.
#pragma once

#include <chrono>

#include "loop/interruption.h"
#include "loop/loop.h"

namespace forkjail::server {

struct RefusalTerms {
  int per_second = 1'000;  // costs some percent of a processor
  int burst = 100;         // not delayed
  std::chrono::milliseconds hold_max{1'000};
};

// The rate, apart from clocks. Pure.
class RefusalRate {
 public:
  static constexpr std::chrono::milliseconds kBatch{
      10};  // those of this long are released together

  explicit RefusalRate(const RefusalTerms& terms) : terms_(terms) {}

  // When a refusal that was decided `now` may be answered: `now` or later.
  [[nodiscard]] Clock::time_point next(Clock::time_point now);

 private:
  RefusalTerms terms_;
  Clock::time_point used_up_to_;  // beyond the burst, refusals are due at regular times
};

class RefusalPace {
 public:
  explicit RefusalPace(const Executor& executor) : executor_(executor), rate_(RefusalTerms{}) {}

  // Returns when this refusal may be answered, or when its client has left.
  Task<void> await_turn(Interruption& interruption);

 private:
  Executor executor_;
  RefusalRate rate_;
};

}  // namespace forkjail::server
