// How long a run takes, told to what holds its cell (cell_hold.h): that it is not a short one; and,
// of a short one beside others that last, that it seems to wait for a processor. Part of a run.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "loop/loop.h"
#include "server/cells/cell_hold.h"
#include "server/run/lasting_runs.h"

namespace forkjail::server {

class LengthWatch {
 public:
  // One that takes longer is told to the supervisor, so that short ones go ahead of it. Most
  // scripts end before that.
  static constexpr std::chrono::milliseconds kShortRunTimeMax{50};
  // While others last: when it is looked at for the first time whether a short one waits, and how
  // much of its time must be missing. Looked at again after twice that time.
  static constexpr std::chrono::milliseconds kFirstWaitLook{1};
  static constexpr std::chrono::microseconds kMissingMin{500};

  // `lasting`: null if nobody counts them. Both outlive it.
  LengthWatch(CellHold& hold, LastingRuns* lasting) : hold_(hold), lasting_(lasting) {}

  void begin(Clock::time_point now) {
    began_ = now;
    if (lasting_ != nullptr && lasting_->any()) wait_look_ = now + kFirstWaitLook;
  }

  // When look() is due.
  [[nodiscard]] Clock::time_point next() const {
    if (is_long_) return Clock::time_point::max();
    return std::min(began_ + kShortRunTimeMax, wait_look_);
  }

  // `cpu_time`: of the run; empty: not known. One that sleeps or reads looks like one that waits:
  // for it nothing changes.
  void look(Clock::time_point now, std::optional<std::chrono::microseconds> cpu_time) {
    const auto passed = now - began_;
    if (passed >= kShortRunTimeMax) return note_that_it_lasts();
    wait_look_ = now + passed;
    if (!cpu_time || passed - *cpu_time >= kMissingMin) hold_.run_waits();
  }

  // The run is over.
  void end() {
    if (is_long_) hold_.long_run_over();
  }

 private:
  void note_that_it_lasts() {
    is_long_ = true;
    if (lasting_ != nullptr) mark_.emplace(*lasting_);
    hold_.run_lasts();
  }

  CellHold& hold_;
  LastingRuns* lasting_;
  Clock::time_point began_;
  Clock::time_point wait_look_ = Clock::time_point::max();
  bool is_long_ = false;  // and the supervisor knows it
  std::optional<LastingRuns::Mark> mark_;
};

}  // namespace forkjail::server
