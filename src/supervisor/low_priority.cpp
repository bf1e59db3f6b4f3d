#include "supervisor/low_priority.h"

#include <dirent.h>

#include <cerrno>
#include <set>
#include <utility>

#include "base/io.h"
#include "supervisor/cgroups.h"
#include "supervisor/cpu_weights.h"

namespace forkjail::supervisor {
namespace {

// A thread that another one starts meanwhile is born where that one is: a second pass finds those
// that were started in the middle of the first.
constexpr int kPassesMax = 4;

// Names of the threads that are there now.
std::vector<std::string> threads_of(pid_t process) {
  std::vector<std::string> found;
  DIR* const directory = ::opendir(("/proc/" + std::to_string(process) + "/task").c_str());
  if (directory == nullptr) return found;
  while (const dirent* entry = ::readdir(directory)) {  // NOLINT(concurrency-mt-unsafe): one thread
    if (entry->d_name[0] != '.') found.emplace_back(entry->d_name);
  }
  ::closedir(directory);
  return found;
}

// `tasks` takes one thread and no lock of the kernel's for which all others would wait
// (cgroups.cpp, CgroupFiles::join).
Status move_threads(pid_t process, const std::string& group) {
  std::set<std::string> moved;
  for (int pass = 0; pass < kPassesMax; ++pass) {
    const std::size_t before = moved.size();
    for (std::string& thread : threads_of(process)) {
      if (moved.contains(thread)) continue;
      const auto status = write_file(group + "/tasks", thread);
      if (!status && status.error().sys_errno != ESRCH) return status;
      moved.insert(std::move(thread));
    }
    if (moved.size() == before) break;
  }
  return ok_status();
}

Status move_all(const std::vector<pid_t>& processes, const std::string& group) {
  for (const pid_t process : processes) {
    if (auto status = move_threads(process, group); !status) return status;
  }
  return ok_status();
}

// Before Linux 5.15 the smallest weight there is, a 512th of another's.
Status make_idle(const std::string& group) {
  if (write_file(group + "/cpu.idle", "1").ok()) return ok_status();
  return write_file(group + "/cpu.shares", "2");
}

}  // namespace

Result<std::unique_ptr<LowPriority>> LowPriority::find(const CpuWeights& weights,
                                                       Cgroups* cgroups) {
  if (!weights.outer().empty()) return make(weights.outer());
  if (cgroups == nullptr) return Error{"low priority", 0, "no hierarchy with the cpu controller"};
  if (auto status = cgroups->weigh_cells(); !status) return status.error();
  return std::unique_ptr<LowPriority>(new LowPriority);
}

Result<std::unique_ptr<LowPriority>> LowPriority::make(const std::string& outer) {
  auto group = CgroupDirectory::make(outer + "/" + own_cgroup_name() + "-behind");
  if (!group) return group.error();
  if (auto status = make_idle(group->path()); !status) return status.error();
  std::unique_ptr<LowPriority> made(new LowPriority);
  made->outer_ = outer;
  made->group_.emplace(*std::move(group));
  return made;
}

Status LowPriority::lower(const Subject& cell) {
  if (!group_) return cell.own->set_idle(true);
  auto found = slots_.find(cell.slot);
  if (found == slots_.end()) {
    auto made = CgroupDirectory::make(group_->path() + "/slot-" + std::to_string(cell.slot));
    if (!made) return made.error();
    found = slots_.emplace(cell.slot, *std::move(made)).first;
  }
  return move_all(cell.processes, found->second.path());
}

Status LowPriority::raise(const Subject& cell) {
  return group_ ? move_all(cell.processes, outer_) : cell.own->set_idle(false);
}

}  // namespace forkjail::supervisor
