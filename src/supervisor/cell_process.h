// A cell as something that can be killed without hitting another process.
//
// By a pidfd where the kernel has them. gVisor has none: there a cell has its number in our own pid
// namespace, and its parent, the zygote, does not reap it before we order it (ZygoteVerb::reap).
// Until then the number belongs to the cell or to its corpse.
#pragma once

#include <sys/types.h>

#include <chrono>

#include "base/unique_fd.h"

namespace forkjail::supervisor {

class CellProcess {
 public:
  CellProcess() = default;  // not cloned yet
  static CellProcess by_descriptor(UniqueFd pidfd);
  static CellProcess by_number(pid_t pid);

  // Whether there is, or was, a process.
  [[nodiscard]] bool exists() const { return pidfd_.valid() || is_held_; }
  // In our pid namespace; 0: not cloned, or gone before it could be asked.
  [[nodiscard]] pid_t pid() const { return pid_; }
  // To poll: readable once it is dead; -1 where there is no pidfd.
  [[nodiscard]] int descriptor() const { return pidfd_.get(); }
  // Its number stays taken until the zygote is told to reap it.
  [[nodiscard]] bool is_held() const { return is_held_; }
  // We reaped it ourselves, as an orphan: the number may be another's from here on.
  void reaped() { pid_ = 0; }

  // Nothing of it runs any more, reaped or not. False before the clone.
  [[nodiscard]] bool is_dead() const;

  void kill() const;
  // All its threads, wherever they are, until go_on(). Takes effect once each leaves the kernel.
  void stop() const;
  void go_on() const;
  // Until it is dead, reaped or not, or `time_max` is over.
  void wait_for_death(std::chrono::milliseconds time_max) const;

 private:
  void send(int signal) const;

  UniqueFd pidfd_;
  pid_t pid_ = 0;
  bool is_held_ = false;
};

}  // namespace forkjail::supervisor
