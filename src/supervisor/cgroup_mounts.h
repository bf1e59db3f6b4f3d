// Where the control group hierarchies are mounted and where this process stands in them: the texts
// of /proc/self/mountinfo and /proc/self/cgroup as data. Pure, so that it is tested on samples.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace forkjail::supervisor {

// The directory of this process's own group in the v1 hierarchy of `controller` ("memory").
// Empty if that is not mounted.
std::optional<std::string> own_v1_directory(std::string_view mountinfo, std::string_view cgroup,
                                            std::string_view controller);

// The same for the v2 hierarchy: its mount point, and our group's path within it ("/" at the top).
struct V2Place {
  std::string mount_point;
  std::string path;
};
std::optional<V2Place> own_v2_place(std::string_view mountinfo, std::string_view cgroup);

}  // namespace forkjail::supervisor
