// Whether a zygote still does its two jobs: it answers an order to clone, and it reports the death
// of a cell. Each takes milliseconds. A zygote that owes either for longer hangs: it is stopped or
// deadlocked. The supervisor then replaces it (watches.h); its cells no longer need it. A zygote
// that merely gets no CPU time, because scripts use all of it, would not be faster after a restart:
// the state that the kernel reports for it tells the two apart.
//
// One watch per cell, owned by it. In the supervisor, while the cell lives.
#pragma once

#include <chrono>
#include <optional>

#include "supervisor/cell_process.h"

namespace forkjail::supervisor {

// Whether a zygote that owes an answer for so long hangs. `at_work`: is_at_work (process_facts.h).
[[nodiscard]] bool hangs(std::chrono::steady_clock::duration owed, bool at_work);

// Time as far as the supervisor was there to see it. What stops the whole service for a while (a
// frozen container, a host that sleeps) stops the zygotes too and must not count against them: a
// gap between two looks counts for no more than `gap_max`.
class AttendedClock {
 public:
  using Clock = std::chrono::steady_clock;

  AttendedClock(Clock::time_point start, Clock::duration gap_max)
      : last_look_(start), gap_max_(gap_max) {}

  void look(Clock::time_point now);
  [[nodiscard]] Clock::duration passed() const { return passed_; }

 private:
  Clock::time_point last_look_;
  Clock::duration gap_max_;
  Clock::duration passed_{};
};

class AnswerWatch {
 public:
  using Duration = AttendedClock::Clock::duration;

  // The cell was ordered.
  void start(Duration now) { ordered_at_ = now; }

  // For how long the zygote owes a report on this cell; zero if it owes none. `process` is the
  // cell, once cloned. Call it in each turn: a death counts from when it was first seen.
  [[nodiscard]] Duration owed(const CellProcess& process, Duration now);

 private:
  Duration ordered_at_{};
  std::optional<Duration> dead_since_;
};

}  // namespace forkjail::supervisor
