// The steps by which a fresh clone of the zygote becomes a cell: a table, run in order, each step
// named, each with its why. The first that fails ends the cell before anything untrusted ran.
#pragma once

#include <sys/types.h>

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/walls.h"
#include "sandbox/landlock.h"
#include "sandbox/prefault.h"
#include "sandbox/scratch.h"
#include "sandbox/seccomp_filter.h"

namespace forkjail::sandbox {

// What a cell is made from. Views only: all of it outlives enter_cell().
struct CellPlan {
  protocol::Walls walls{};
  pid_t zygote = 0;                     // the parent, where no pid namespace hides it
  uid_t uid = 0;                        // user and group, inside the jail
  std::span<const int> descriptors{};   // becomes 0, 1, 2, ...
  std::span<const int> cgroup_joins{};  // as numbered once `descriptors` is done
  std::string scratch_directory{};  // where the cell's files go: a mount point or its own directory
  ScratchLimits scratch{};          // of the tmpfs
  std::span<const FileRule> files{};            // for Landlock
  const TouchedPages* touched_pages = nullptr;  // what every run touches
  const FilterProgram* filter = nullptr;
  std::string_view failing_step{};  // fault injection: this step fails with ECANCELED. Empty: none
  std::string_view skipped_step{};  // likewise: left out, with all that verify. Empty: none
};

// When a step runs: always, or only with a wall, or only without it.
struct StepCondition {
  bool protocol::Walls::* wall = nullptr;
  bool wanted = true;

  [[nodiscard]] bool holds(const protocol::Walls& walls) const {
    return wall == nullptr || walls.*wall == wanted;
  }
};

struct CellStep {
  std::string_view name;
  StepCondition when;
  Status (*run)(const CellPlan&);
  std::string_view why;
};

// In the order in which they run.
std::span<const CellStep> cell_steps();

// cell, right after the clone, with one thread. An Error's step starts with the failed step's name.
Status enter_cell(const CellPlan& plan);

}  // namespace forkjail::sandbox
