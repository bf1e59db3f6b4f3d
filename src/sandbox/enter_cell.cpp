#include "sandbox/enter_cell.h"

#include <unistd.h>

#include <utility>

#include "confine/process_flags.h"
#include "confine/user.h"
#include "sandbox/cgroup_join.h"
#include "sandbox/credentials.h"
#include "sandbox/descriptors.h"
#include "sandbox/refused_calls.h"
#include "sandbox/rlimits.h"
#include "sandbox/step_trace.h"

namespace forkjail::sandbox {
namespace {

Status new_session(const CellPlan&) {
  if (::setsid() < 0) return errno_error("setsid");
  return ok_status();
}

Status prefault_touched_pages(const CellPlan& plan) {
  if (plan.touched_pages != nullptr) prefault(*plan.touched_pages);
  return ok_status();
}

Status attach_system_call_filter(const CellPlan& plan) {
  if (auto installed = install_refused_call_handler(); !installed) return installed;
  return attach_filter(*plan.filter);
}

Status begin_first_state(const CellPlan& plan) { return plan.session->begin_first_state(); }

Status attach_listened_system_call_filter(const CellPlan& plan) {
  if (auto installed = install_refused_call_handler(); !installed) return installed;
  auto listener = attach_listened_filter(*plan.filter);
  if (!listener) return listener.error();
  return plan.session->hand_over(*std::move(listener));
}

Status verify_setup(const CellPlan& plan) {
  const CredentialClaims claims{.own_uid = plan.layers.own_uid,
                                .bounding_set = plan.layers.own_uid || plan.layers.namespaces};
  if (auto status = verify_credentials(plan.uid, claims); !status) return status;
  if (auto status = verify_cell_rlimits(); !status) return status;
  return verify_descriptors(static_cast<int>(plan.descriptors.size() - plan.cgroup_joins.size()));
}

Status close_cgroup_files(const CellPlan& plan) {
  for (const int file : plan.cgroup_joins) ::close(file);
  return ok_status();
}

// Without a pid namespace nothing else ends a cell whose zygote is gone. A change of uid resets
// this, so it comes after that.
Status die_with_zygote(const CellPlan& plan) {
  if (auto status = confine::die_with_parent(); !status) return status;
  if (::getppid() != plan.zygote) return Error{"death signal", ESRCH, "the zygote is gone"};
  return ok_status();
}

Status verify_landlock(const CellPlan&) { return confine::verify_files_confined(); }

constexpr StepCondition kAlways{};
constexpr StepCondition kWithNamespaces{&protocol::OptionalLayers::namespaces, true};
constexpr StepCondition kWithoutNamespaces{&protocol::OptionalLayers::namespaces, false};
constexpr StepCondition kWithOwnUid{&protocol::OptionalLayers::own_uid, true};
constexpr StepCondition kWithLandlock{&protocol::OptionalLayers::landlock, true};
constexpr StepCondition kForOneRun{.use = StepUse::one_run};
constexpr StepCondition kForSessions{.use = StepUse::session};

constexpr std::array kCellSteps{
    CellStep{"descriptors", kAlways,
             [](const CellPlan& plan) { return keep_only(plan.descriptors); },
             "nothing of the zygote's or of another cell's is reachable from here on"},
    CellStep{"cgroup", kAlways,
             [](const CellPlan& plan) { return join_cgroups(plan.cgroup_joins); },
             "what the cell allocates is charged to it"},
    CellStep{"cgroup files", kAlways, close_cgroup_files,
             "the right to move stays with the supervisor"},
    CellStep{"pages", kForOneRun, prefault_touched_pages,
             "its own copies, charged to it; faulted in one by one they would cost most of a run"},
    CellStep{"session", kAlways, new_session,
             "no controlling terminal, no job control with others"},
    CellStep{"scratch", kWithNamespaces,
             [](const CellPlan& plan) { return mount_scratch(plan.uid, plan.scratch); },
             "a file system of its own, before the right to mount goes"},
    CellStep{"rlimits", kAlways, [](const CellPlan&) { return set_cell_rlimits(); },
             "bounds that only go down"},
    CellStep{"bounding set", kAlways, [](const CellPlan&) { return forbid_capabilities(); },
             "no capability can come back; needs CAP_SETPCAP, so before the uid"},
    CellStep{"user", kWithOwnUid,
             [](const CellPlan& plan) { return confine::become_user(plan.uid); },
             "a uid that no live cell has, no groups, no capabilities"},
    CellStep{"capabilities", kAlways, [](const CellPlan&) { return drop_capabilities(); },
             "none is left, whatever uid the cell has"},
    CellStep{"no_new_privs", kAlways, [](const CellPlan&) { return forbid_new_privileges(); },
             "the filter needs it, and an exec gains nothing"},
    CellStep{"death signal", kWithoutNamespaces, die_with_zygote,
             "no cell outlives the zygote that reaps it"},
    CellStep{"working directory", kAlways,
             [](const CellPlan& plan) { return enter_scratch(plan.scratch_directory); },
             "as the cell's own uid, so that its files are its own"},
    CellStep{"files", kWithLandlock,
             [](const CellPlan& plan) { return confine::confine_files(plan.files); },
             "only the guest's runtime and the cell's own directory can be opened"},
    CellStep{"verify", kAlways, verify_setup, "what was built is read back from the kernel"},
    CellStep{"verify scratch", kWithNamespaces, [](const CellPlan&) { return verify_scratch(); },
             "the same for the mounts"},
    CellStep{"verify files", kWithLandlock, verify_landlock, "the same for Landlock"},
    CellStep{"first state", kForSessions, begin_first_state,
             "process 1 never runs a line of a script"},
    CellStep{"pages of the state", kForSessions, prefault_touched_pages,
             "as above, but of the process that runs scripts"},
    CellStep{"system calls", kForOneRun, attach_system_call_filter,
             "last, since it refuses all of the above"},
    CellStep{"system calls of states", kForSessions, attach_listened_system_call_filter,
             "likewise; process 1 decides what makes a process"},
    CellStep{"verify system calls", kAlways, [](const CellPlan&) { return verify_filter(); },
             "a filter that lets a forbidden call through runs nothing"},
};

// Only for tests of what notices a missing layer; the supervisor never lets such a cell serve.
bool is_skipped(const CellStep& step, const CellPlan& plan) {
  if (plan.skipped_step.empty()) return false;
  return step.name == plan.skipped_step || step.name.starts_with("verify");
}

}  // namespace

std::span<const CellStep> cell_steps() { return kCellSteps; }

Status enter_cell(const CellPlan& plan) {
  for (const CellStep& step : kCellSteps) {
    if (!step.when.holds(plan) || is_skipped(step, plan)) continue;
    auto status = step.name == plan.failing_step ? Status(Error{"injected fault", ECANCELED, {}})
                                                 : step.run(plan);
    if (!status) {
      Error error = status.error();
      error.step = std::string(step.name) + ": " + error.step;
      return error;
    }
    trace_step(step.name);
  }
  return ok_status();
}

}  // namespace forkjail::sandbox
