// The steps that turn a fresh clone of the zygote into a cell: a table, run in order; each step has
// a name and a reason. The first failure ends the cell before anything untrusted has run.
#pragma once

#include <sys/types.h>

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "confine/landlock.h"
#include "protocol/walls.h"
#include "sandbox/prefault.h"
#include "sandbox/scratch.h"
#include "sandbox/seccomp_filter.h"

namespace forkjail::sandbox {

using confine::FileRight;
using confine::FileRule;

// What a cell is made from. Views only: everything here outlives enter_cell().
struct CellPlan {
  protocol::Walls walls{};
  pid_t zygote = 0;                     // the parent; used without a pid namespace only
  uid_t uid = 0;                        // user and group, inside the jail
  std::span<const int> descriptors{};   // becomes 0, 1, 2, ...
  std::span<const int> cgroup_joins{};  // numbers after the step `descriptors`
  std::string scratch_directory{};      // for the cell's files: a mount point or its own directory
  ScratchLimits scratch{};              // of the tmpfs
  std::span<const FileRule> files{};    // for Landlock
  const TouchedPages* touched_pages = nullptr;  // what every run touches
  const FilterProgram* filter = nullptr;
  std::string_view failing_step{};  // fault injection: this step fails with ECANCELED. Empty: none
  std::string_view skipped_step{};  // left out, with all that verify it. Empty: none
};

// When a step runs: always, only with a layer, or only without it.
struct StepCondition {
  bool protocol::Walls::* layer = nullptr;
  bool wanted = true;

  [[nodiscard]] bool holds(const protocol::Walls& walls) const {
    return layer == nullptr || walls.*layer == wanted;
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
