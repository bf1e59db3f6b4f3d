// Which of a cell's pipes are read at intervals: one that wakes the server very often, such as that
// of a script that prints single bytes, would take the time of all others. Server, within one run.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "loop/loop.h"
#include "server/cells/cell.h"

namespace forkjail::server {

class PipePacer {
 public:
  // After a wake-up for `pipe`: whether it may be awaited again at once. If not, resume() does it.
  [[nodiscard]] bool may_go_on(CellPipe pipe) {
    const auto index = static_cast<std::size_t>(pipe);
    if (++wakeups_.at(index) <= kFreeWakeups) return true;
    paused_.at(index) = true;
    if (until_ == Clock::time_point::max()) until_ = Clock::now() + kPace;
    return false;
  }

  // When resume() is due; never, if no pipe is paused.
  [[nodiscard]] Clock::time_point until() const { return until_; }

  // Calls `await` for each paused pipe, if the time has come.
  template <typename Await>
  void resume(Clock::time_point now, const Await& await) {
    if (now < until_) return;
    until_ = Clock::time_point::max();
    for (const CellPipe pipe : kCellPipes) {
      bool& paused = paused_.at(static_cast<std::size_t>(pipe));
      if (paused) await(pipe);
      paused = false;
    }
  }

 private:
  static constexpr std::uint32_t kFreeWakeups = 256;    // of one pipe
  static constexpr std::chrono::milliseconds kPace{2};  // bounds what a byte-by-byte writer costs

  std::array<std::uint32_t, kCellPipes.size()> wakeups_{};
  std::array<bool, kCellPipes.size()> paused_{};
  Clock::time_point until_ = Clock::time_point::max();
};

}  // namespace forkjail::server
