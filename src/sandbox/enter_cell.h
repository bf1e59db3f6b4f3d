// The steps by which a fresh clone of the zygote becomes a cell: a table, run in order, each step
// named, each with its why. The first that fails ends the cell before anything untrusted ran.
#pragma once

#include <sys/types.h>

#include <array>
#include <span>
#include <string_view>

#include "base/result.h"
#include "sandbox/scratch.h"
#include "sandbox/seccomp_filter.h"

namespace forkjail::sandbox {

// What a cell is made from. Views only: all of it outlives enter_cell().
struct CellPlan {
  uid_t uid = 0;                        // user and group, inside the jail
  std::span<const int> descriptors{};   // becomes 0, 1, 2, ...
  std::span<const int> cgroup_procs{};  // as numbered once `descriptors` is done
  ScratchLimits scratch{};
  const FilterProgram* filter = nullptr;
  std::string_view failing_step{};  // fault injection: this step fails with ECANCELED. Empty: none
};

struct CellStep {
  std::string_view name;
  Status (*run)(const CellPlan&);
  std::string_view why;
};

// In the order in which they run.
std::span<const CellStep> cell_steps();

// cell, right after the clone, with one thread. An Error's step starts with the failed step's name.
Status enter_cell(const CellPlan& plan);

}  // namespace forkjail::sandbox
