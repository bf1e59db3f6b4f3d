// The machine or container that the service runs on: what the defaults of flags are derived from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "supervisor/own_limits.h"

namespace forkjail {

// The CPUs that this process can use: the machine's, or fewer in a container. A quota of 1.5
// CPUs counts as two.
[[nodiscard]] unsigned usable_cpus(const supervisor::OwnLimits& limits);
[[nodiscard]] std::uint64_t usable_memory_bytes(const supervisor::OwnLimits& limits);
// The server raises its own limit to this as it starts.
[[nodiscard]] std::uint64_t descriptors_max();
// PREFIX/bin/forkjail -> PREFIX/lib/forkjail/NAME, where the package installs its parts.
[[nodiscard]] std::string installed(std::string_view name);
// Empty if it cannot be read.
[[nodiscard]] std::string host_name();
// Cloud Run sets a variable of its own in both generations.
[[nodiscard]] bool on_cloud_run();

}  // namespace forkjail
