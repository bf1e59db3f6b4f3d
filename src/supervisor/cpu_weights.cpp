#include "supervisor/cpu_weights.h"

#include "base/io.h"
#include "supervisor/cgroup_mounts.h"
#include "supervisor/cgroups.h"

namespace forkjail::supervisor {
namespace {

// Eight times the default weight of a session or a group: two thirds of a processor
// against four scripts. These two need a third of one at the peak.
constexpr std::string_view kV1Shares = "8192";

}  // namespace

Result<std::unique_ptr<CpuWeights>> CpuWeights::raise(const std::vector<pid_t>& ours,
                                                      Cgroups* cgroups) {
  const auto mountinfo = read_file("/proc/self/mountinfo");
  if (!mountinfo) return mountinfo.error();
  const auto cgroup = read_file("/proc/self/cgroup");
  if (!cgroup) return cgroup.error();

  std::unique_ptr<CpuWeights> weights(new CpuWeights);
  if (const auto directory = own_v1_directory(*mountinfo, *cgroup, "cpu")) {
    if (auto status = weights->raise_v1(*directory, ours); !status) return status.error();
    return weights;
  }
  if (cgroups == nullptr) return Error{"weights", 0, "no hierarchy with the cpu controller"};
  weights->v2_ = cgroups;
  if (auto status = cgroups->weigh_service(); !status) return status.error();
  return weights;
}

Status CpuWeights::raise_v1(const std::string& directory, const std::vector<pid_t>& ours) {
  sweep_cgroups(directory);
  auto made = CgroupDirectory::make(directory + "/" + own_cgroup_name() + "-service");
  if (!made) return made.error();
  group_ = std::make_unique<CgroupDirectory>(*std::move(made));
  outer_ = directory;
  way_out_ = directory + "/tasks";
  if (auto status = write_file(group_->path() + "/cpu.shares", kV1Shares); !status) return status;
  return move_into(group_->path(), ours);
}

// NOLINTNEXTLINE(bugprone-exception-escape): only out of memory, and then the process ends anyway
CpuWeights::~CpuWeights() {
  if (group_ != nullptr) (void)move_into(outer_, processes_in(group_->path()));
  if (v2_ != nullptr) v2_->weigh_service_no_more();
}

}  // namespace forkjail::supervisor
