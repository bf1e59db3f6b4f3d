// The CPU time of another process, all its threads together, read from its process clock
// (clock_getcpuclockid(3)): one system call, no privilege, no /proc.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>

namespace forkjail {

// Empty if the process is gone, or if this kernel does not tell it (a cell has RLIMIT_CPU as well).
[[nodiscard]] std::optional<std::chrono::microseconds> cpu_time_of(pid_t pid);

}  // namespace forkjail
