// How much of the processor somebody may still use: an amount that grows with the time that passes,
// up to a burst, and shrinks by what is used. Pure.
#pragma once

#include <algorithm>
#include <chrono>

namespace forkjail {

class CpuCredit {
 public:
  using Time = std::chrono::microseconds;
  struct Terms {
    Time burst;        // that it begins with, and is never more than
    int gain_divisor;  // 10: a tenth of the time that passes is gained
    Time debt_max{0};  // of what was used beyond it, this much has to be gained back
  };

  explicit CpuCredit(const Terms& terms) : terms_(terms), left_(terms.burst) {}

  // In `passed` of wall time `used` of CPU time was used.
  void pass(Time passed, Time used) {
    left_ = std::clamp(left_ + passed / terms_.gain_divisor - used, -terms_.debt_max, terms_.burst);
  }
  [[nodiscard]] Time left() const { return left_; }
  [[nodiscard]] bool is_used_up() const { return left_ <= Time{0}; }

 private:
  Terms terms_;
  Time left_;
};

}  // namespace forkjail
