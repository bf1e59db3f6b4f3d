#include "supervisor/own_limits.h"

#include <sstream>

#include "base/io.h"
#include "supervisor/cgroup_mounts.h"
#include "supervisor/number_file.h"

namespace forkjail::supervisor {
namespace {

// Where v1 has no limit it shows the largest multiple of a page, 2^63 - 4096.
constexpr std::uint64_t kUnlimitedFrom = 1ULL << 62;

// "hierarchical_memory_limit N" of v1 also knows the groups above a container's part of the tree.
std::optional<std::uint64_t> hierarchical_limit(const std::string& directory) {
  constexpr std::string_view kName = "hierarchical_memory_limit ";
  const auto text = read_file(directory + "/memory.stat");
  if (!text) return std::nullopt;
  const auto at = text->find(kName);
  return at == std::string::npos
             ? std::nullopt
             : number_in_text(std::string_view(*text).substr(at + kName.size()));
}

template <typename T>
void take_smaller(std::optional<T>& kept, std::optional<T> found) {
  if (found && (!kept || *found < *kept)) kept = found;
}

void take_memory(OwnLimits& limits, std::optional<std::uint64_t> bytes) {
  if (bytes && *bytes < kUnlimitedFrom) take_smaller(limits.memory_bytes, bytes);
}

void take_quota(OwnLimits& limits, std::optional<std::uint64_t> quota,
                std::optional<std::uint64_t> period) {
  if (!quota || !period || *quota == 0 || *period == 0) return;
  take_smaller(limits.cpus,
               std::optional(static_cast<double>(*quota) / static_cast<double>(*period)));
}

// "QUOTA PERIOD" of v2, where QUOTA may be "max".
void take_cpu_max(OwnLimits& limits, const std::string& file) {
  const auto text = read_file(file);
  if (!text) return;
  const auto space = text->find(' ');
  if (space == std::string::npos) return;
  take_quota(limits, number_in_text(*text),
             number_in_text(std::string_view(*text).substr(space + 1)));
}

// A group of either version: the files that it has count, the others are not there.
void take_group(OwnLimits& limits, const std::string& directory) {
  take_memory(limits, number_in_file(directory + "/memory.max"));
  take_memory(limits, number_in_file(directory + "/memory.limit_in_bytes"));
  take_memory(limits, hierarchical_limit(directory));
  take_cpu_max(limits, directory + "/cpu.max");
  take_quota(limits, number_in_file(directory + "/cpu.cfs_quota_us"),
             number_in_file(directory + "/cpu.cfs_period_us"));
}

// Up to the mount point: every directory of a hierarchy has cgroup.procs, and none above it.
void take_ancestry(OwnLimits& limits, std::string directory) {
  while (!directory.empty() && read_file(directory + "/cgroup.procs").ok()) {
    take_group(limits, directory);
    directory.erase(directory.find_last_of('/'));
  }
}

}  // namespace

OwnLimits limits_of(std::string_view mountinfo, std::string_view cgroup, const std::string& root) {
  OwnLimits limits;
  for (const std::string_view controller : {"memory", "cpu"}) {
    if (const auto directory = own_v1_directory(mountinfo, cgroup, controller)) {
      take_ancestry(limits, root + *directory);
    }
  }
  if (const auto place = own_v2_place(mountinfo, cgroup)) {
    const std::string below = place->path == "/" ? "" : place->path;
    take_ancestry(limits, root + place->mount_point + below);
  }
  return limits;
}

OwnLimits own_limits() {
  const auto mountinfo = read_file("/proc/self/mountinfo");
  const auto cgroup = read_file("/proc/self/cgroup");
  if (!mountinfo || !cgroup) return {};
  return limits_of(*mountinfo, *cgroup);
}

}  // namespace forkjail::supervisor
