// How much of the processor a run may use before shorter ones go ahead of it. It begins with a
// burst and gains a tenth of a processor as time passes: so a run that computes all the time falls
// behind once, and one that gets less than that tenth comes to the front again. Pure.
#pragma once

#include <algorithm>
#include <chrono>

namespace forkjail::supervisor {

class CpuCredit {
 public:
  using Time = std::chrono::microseconds;
  static constexpr Time kBurst{100'000};
  static constexpr int kGainDivisor = 10;

  // In `passed` of wall time the run has used `used` of CPU time.
  void pass(Time passed, Time used) {
    left_ = std::clamp(left_ + passed / kGainDivisor - used, Time{0}, kBurst);
    if (left_ == Time{0}) is_behind_ = true;
    if (left_ >= kBurst / 2) is_behind_ = false;
  }
  // Whether others go ahead of it now.
  [[nodiscard]] bool is_behind() const { return is_behind_; }

 private:
  Time left_ = kBurst;
  bool is_behind_ = false;
};

}  // namespace forkjail::supervisor
