#include "sandbox/enter_cell.h"

#include <unistd.h>

#include "sandbox/cgroup_join.h"
#include "sandbox/credentials.h"
#include "sandbox/descriptors.h"
#include "sandbox/refused_calls.h"
#include "sandbox/rlimits.h"

namespace forkjail::sandbox {
namespace {

Status new_session(const CellPlan&) {
  if (::setsid() < 0) return errno_error("setsid");
  return ok_status();
}

Status attach_system_call_filter(const CellPlan& plan) {
  if (auto installed = install_refused_call_handler(); !installed) return installed;
  return attach_filter(*plan.filter);
}

Status verify_walls(const CellPlan& plan) {
  if (auto status = verify_credentials(plan.uid); !status) return status;
  if (auto status = verify_cell_rlimits(); !status) return status;
  if (auto status = verify_scratch(); !status) return status;
  return verify_descriptors(static_cast<int>(plan.descriptors.size() - plan.cgroup_procs.size()));
}

Status close_cgroup_files(const CellPlan& plan) {
  for (const int file : plan.cgroup_procs) ::close(file);
  return ok_status();
}

constexpr std::array kCellSteps{
    CellStep{"descriptors", [](const CellPlan& plan) { return keep_only(plan.descriptors); },
             "nothing of the zygote's or of another cell's is reachable from here on"},
    CellStep{"cgroup", [](const CellPlan& plan) { return join_cgroups(plan.cgroup_procs); },
             "what the cell allocates is charged to it"},
    CellStep{"cgroup files", close_cgroup_files, "the right to move stays with the supervisor"},
    CellStep{"session", new_session, "no controlling terminal, no job control with others"},
    CellStep{"scratch", [](const CellPlan& plan) { return mount_scratch(plan.uid, plan.scratch); },
             "a file system of its own, before the right to mount goes"},
    CellStep{"rlimits", [](const CellPlan&) { return set_cell_rlimits(); },
             "bounds that only go down"},
    CellStep{"bounding set", [](const CellPlan&) { return forbid_capabilities(); },
             "no capability can come back; needs CAP_SETPCAP, so before the uid"},
    CellStep{"user", [](const CellPlan& plan) { return become_user(plan.uid); },
             "a uid that no live cell has, no groups, no capabilities"},
    CellStep{"no_new_privs", [](const CellPlan&) { return forbid_new_privileges(); },
             "the filter needs it, and an exec gains nothing"},
    CellStep{"working directory", [](const CellPlan&) { return enter_scratch(); },
             "as the cell's own uid, so that its files are its own"},
    CellStep{"verify", verify_walls, "what was built is read back from the kernel"},
    CellStep{"system calls", attach_system_call_filter, "last, since it refuses all of the above"},
    CellStep{"verify system calls", [](const CellPlan&) { return verify_filter(); },
             "a filter that lets a forbidden call through runs nothing"},
};

}  // namespace

std::span<const CellStep> cell_steps() { return kCellSteps; }

Status enter_cell(const CellPlan& plan) {
  for (const CellStep& step : kCellSteps) {
    auto status = step.name == plan.failing_step ? Status(Error{"injected fault", ECANCELED, {}})
                                                 : step.run(plan);
    if (!status) {
      Error error = status.error();
      error.step = std::string(step.name) + ": " + error.step;
      return error;
    }
  }
  return ok_status();
}

}  // namespace forkjail::sandbox
