// Where runs are put that have used the processor for long: a control group of version 1 that is
// idle for the scheduler (cpu.idle, Linux 5.15: kernel/sched/fair.c, se_is_idle()). What wakes
// outside of it takes the processor at once, and a processor that it alone uses counts as free.
// Within it each run has a group of its own, so that a run has one share and not one a thread.
//
// Nothing is done for a short run: it stands where its zygote stands. With version 2 the cell's own
// group becomes idle instead.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "supervisor/cgroup_directory.h"

namespace forkjail::supervisor {

class CellCgroup;
class Cgroups;
class CpuWeights;

class LowPriority {
 public:
  // `weights`, and `cgroups` as these got them: null where there are none. Both outlive it.
  // Errors: one line that says what is missing.
  static Result<std::unique_ptr<LowPriority>> find(const CpuWeights& weights, Cgroups* cgroups);
  // Of version 1, in this group, where the cells are.
  static Result<std::unique_ptr<LowPriority>> make(const std::string& outer);

  // A cell: its slot, the group of it if there is one, and its processes that run scripts.
  struct Subject {
    std::uint32_t slot = 0;
    CellCgroup* own = nullptr;
    std::vector<pid_t> processes;
  };
  // All threads of it, and those that they start. A process that is gone is skipped.
  Status lower(const Subject& cell);
  Status raise(const Subject& cell);  // back to where it was

 private:
  LowPriority() = default;

  std::string outer_;                     // v1
  std::optional<CgroupDirectory> group_;  // v1
  std::map<std::uint32_t, CgroupDirectory>
      slots_;  // v1: made once, as those of a slot's memory are
};

}  // namespace forkjail::supervisor
