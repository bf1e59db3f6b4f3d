// What a session's process uses of the CPU between two runs, by threads that a script has left.
// They hold no right to run, so they may use little; libraries have threads that wake now and then.
// The clock of the process is read by its user, at each look. Pure.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/cpu_credit.h"

namespace forkjail {

class IdleCpu {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // A hundredth of a processor, and a burst. Who has used more than that has to gain it back.
  static constexpr CpuCredit::Terms kCredit{.burst = std::chrono::milliseconds(200),
                                            .gain_divisor = 100,
                                            .debt_max = std::chrono::seconds(10)};
  static constexpr std::chrono::milliseconds kPauseMin{50};  // between two looks
  static constexpr std::chrono::milliseconds kPauseMax{1'000};

  // A process waits from now on; what it uses beyond `used` counts.
  void begin(TimePoint now, CpuCredit::Time used) {
    gain(now);
    used_ = used;
    pause_ = kPauseMin;
    plan_look(now);
  }
  // The process is gone, or computes because it may.
  void end() { next_look_ = TimePoint::max(); }
  // False: it has used more than it may. Only between begin() and end().
  [[nodiscard]] bool look(TimePoint now, CpuCredit::Time used) {
    const auto used_since = std::max(used - used_, CpuCredit::Time{0});
    used_ = std::max(used, used_);
    gain(now);
    credit_.pass(CpuCredit::Time{0}, used_since);
    plan_look(now);
    return used_since == CpuCredit::Time{0} || !credit_.is_used_up();
  }
  [[nodiscard]] bool is_used_up() const { return credit_.is_used_up(); }
  [[nodiscard]] bool goes_on() const { return next_look_ != TimePoint::max(); }
  [[nodiscard]] TimePoint next_look() const { return next_look_; }

 private:
  void gain(TimePoint now) {
    if (gained_at_ != TimePoint{}) {
      credit_.pass(std::chrono::duration_cast<CpuCredit::Time>(now - gained_at_), {});
    }
    gained_at_ = now;
  }
  // Half of what is left serves two processors.
  void plan_look(TimePoint now) {
    pause_ = std::min(2 * pause_, kPauseMax);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(credit_.left()) / 2;
    next_look_ = now + std::max(std::min(pause_, left), kPauseMin);
  }

  CpuCredit credit_{kCredit};
  CpuCredit::Time used_{0};  // at the last look
  TimePoint gained_at_{};
  std::chrono::milliseconds pause_{kPauseMin};
  TimePoint next_look_ = TimePoint::max();
};

}  // namespace forkjail
