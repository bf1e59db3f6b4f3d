// The memory of cells that no memory cgroup counts: what each has resident, looked at every 50 ms.
//
// RLIMIT_DATA and RLIMIT_AS bound a cell from its hand-off on (sandbox/memory_limit.h). This is for
// what RLIMIT_DATA leaves out (memory made read-only, files in memory), and for the figure of a
// run's peak. A cell shares its zygote's warm image: what it has resident at its birth is not its
// own.
//
// Supervisor, its only thread. Nothing is owned here; what is known of a cell lies in it.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"
#include "supervisor/cell_table.h"

namespace forkjail::supervisor {

class MemoryWatch {
 public:
  using Look = Result<std::uint64_t> (*)(pid_t pid);  // bytes resident
  explicit MemoryWatch(Look look) : look_(look) {}

  // It was just cloned.
  void begin(Cell& cell) const;

  // Whether it has now more beyond its birth than its limit and the slack for parking.
  [[nodiscard]] bool is_over(Cell& cell) const;

  // What of the peak that wait4(2) tells was the cell's own; 0 when it was never looked at.
  [[nodiscard]] static std::uint64_t own_peak(const Cell& cell, std::uint64_t resident_peak_bytes);

 private:
  Look look_;
};

}  // namespace forkjail::supervisor
