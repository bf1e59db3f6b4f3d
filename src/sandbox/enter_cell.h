// The steps that turn a fresh clone of the zygote into a cell: a table, run in order; each step has
// a name and a reason. The first failure ends the cell before anything untrusted has run.
#pragma once

#include <sys/types.h>

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "confine/landlock.h"
#include "protocol/optional_layers.h"
#include "sandbox/prefault.h"
#include "sandbox/scratch.h"
#include "sandbox/seccomp_filter.h"

namespace forkjail::sandbox {

using confine::FileRight;
using confine::FileRule;

// What a session's cell does besides: process 1 stays behind as the keeper, and a clone of it goes
// on as the first state, with a filter whose listener the keeper has (zygote/keeper/).
class SessionSetup {
 public:
  // Returns in the clone only.
  virtual Status begin_first_state() = 0;
  // The first state: gives the listener away, and checks that the keeper decides.
  virtual Status hand_over(UniqueFd listener) = 0;

 protected:
  ~SessionSetup() = default;
};

// What a cell is made from. Views only: everything here outlives enter_cell().
struct CellPlan {
  protocol::OptionalLayers layers{};
  pid_t zygote = 0;                     // the parent; used without a pid namespace only
  uid_t uid = 0;                        // user and group, inside the jail
  std::span<const int> descriptors{};   // becomes 0, 1, 2, ...
  std::span<const int> cgroup_joins{};  // numbers after the step `descriptors`
  std::string scratch_directory{};      // for the cell's files: a mount point or its own directory
  ScratchLimits scratch{};              // of the tmpfs
  std::span<const FileRule> files{};    // for Landlock
  const TouchedPages* touched_pages = nullptr;  // what every run touches
  const FilterProgram* filter = nullptr;
  SessionSetup* session = nullptr;  // null: the cell is one process, for one run
  std::string_view failing_step{};  // fault injection: this step fails with ECANCELED. Empty: none
  std::string_view skipped_step{};  // left out, with all that verify it. Empty: none
};

// Cells for one run, sessions, or both.
enum class StepUse : unsigned char { any, one_run, session };

// When a step runs: always, only with a layer or only without it, only in cells of one kind.
struct StepCondition {
  bool protocol::OptionalLayers::* layer = nullptr;
  bool wanted = true;
  StepUse use = StepUse::any;

  [[nodiscard]] bool holds(const CellPlan& plan) const {
    if (use != StepUse::any && (use == StepUse::session) != (plan.session != nullptr)) return false;
    return layer == nullptr || plan.layers.*layer == wanted;
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
