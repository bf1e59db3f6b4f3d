#include "supervisor/outside_memory_kills.h"

#include <array>

#include "base/io.h"
#include "supervisor/cgroup_mounts.h"
#include "supervisor/number_file.h"

namespace forkjail::supervisor {
namespace {

std::string counter_file(std::string_view mountinfo, std::string_view cgroup,
                         const std::string& root) {
  if (const auto directory = own_v1_directory(mountinfo, cgroup, "memory")) {
    return root + *directory + "/memory.oom_control";
  }
  if (const auto place = own_v2_place(mountinfo, cgroup)) {
    return root + place->mount_point + (place->path == "/" ? "" : place->path) + "/memory.events";
  }
  return {};
}

}  // namespace

OutsideMemoryKills::OutsideMemoryKills(std::string_view mountinfo, std::string_view cgroup,
                                       const std::string& root)
    : file_(counter_file(mountinfo, cgroup, root)) {
  (void)look();
}

OutsideMemoryKills OutsideMemoryKills::of_own_group() {
  const auto mountinfo = read_file("/proc/self/mountinfo");
  const auto cgroup = read_file("/proc/self/cgroup");
  return mountinfo && cgroup ? OutsideMemoryKills(*mountinfo, *cgroup) : OutsideMemoryKills("", "");
}

bool OutsideMemoryKills::look() {
  if (file_.empty()) return false;
  const auto text = read_file(file_);
  const auto now = text ? number_behind("oom_kill", *text) : std::nullopt;
  if (!now || *now <= seen_) return false;
  seen_ = *now;
  return true;
}

}  // namespace forkjail::supervisor
