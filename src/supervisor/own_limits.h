// What is left of the machine for this process: the limits of its own control group and of all
// above it that can be seen. In a container they say how much there is; the machine's own figures
// would promise memory that the kernel then kills for. Read once, at the start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace forkjail::supervisor {

struct OwnLimits {
  std::optional<std::uint64_t> memory_bytes;  // the smallest of all; nothing: no limit
  std::optional<double> cpus;                 // quota / period, the smallest
};

// From the texts of /proc/self/mountinfo and /proc/self/cgroup. `root` is put before every path
// that they name (a tree made for a test).
[[nodiscard]] OwnLimits limits_of(std::string_view mountinfo, std::string_view cgroup,
                                  const std::string& root = {});

// Of this process. Without /proc no limit is found.
[[nodiscard]] OwnLimits own_limits();

}  // namespace forkjail::supervisor
