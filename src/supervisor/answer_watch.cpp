#include "supervisor/answer_watch.h"

#include <algorithm>

namespace forkjail::supervisor {

void AttendedClock::look(Clock::time_point now) {
  passed_ += std::clamp(now - last_look_, Clock::duration{}, gap_max_);
  last_look_ = now;
}

AnswerWatch::Duration AnswerWatch::owed(const CellProcess& process, Duration now) {
  if (!process.exists()) return now - ordered_at_;
  if (!process.is_dead()) return {};
  if (!dead_since_) dead_since_ = now;
  return now - *dead_since_;
}

bool hangs(std::chrono::steady_clock::duration owed, bool at_work) {
  constexpr std::chrono::seconds kIdleMax{3};
  constexpr std::chrono::seconds kAtWorkMax{30};
  return owed > (at_work ? kAtWorkMax : kIdleMax);
}

}  // namespace forkjail::supervisor
