// Resource limits of a cell (setrlimit(2)), as data. Limits that depend on the run (CPU time,
// memory) are set when the run is known: set_cpu_limit() and memory_limit.h. Limits are only
// lowered, which needs no privilege.
#pragma once

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

namespace forkjail::sandbox {

struct RlimitRow {
  __rlimit_resource resource;
  rlim_t value;  // soft and hard; the inherited hard limit if that is lower
  std::string_view name;
  std::string_view why;
  // The system call filter refuses the calls too, so the limit may be missing (gVisor: EPERM even
  // for lowering it).
  bool filter_stands_behind = false;
};

inline constexpr std::array kCellRlimits{
    RlimitRow{RLIMIT_CORE, 0, "core", "a crash writes nothing"},
    RlimitRow{RLIMIT_FSIZE, kScratchBytesMax, "fsize", "no file larger than the scratch"},
    RlimitRow{RLIMIT_NOFILE, kCellOpenFilesMax, "nofile", "kernel memory of open files"},
    RlimitRow{RLIMIT_NPROC, kCellThreadsMax, "nproc", "threads, beside the pids cgroup"},
    RlimitRow{RLIMIT_MEMLOCK, 0, "memlock", "no pinned pages"},
    RlimitRow{RLIMIT_MSGQUEUE, 0, "msgqueue", "no POSIX queues", true},
    RlimitRow{RLIMIT_SIGPENDING, 256, "sigpending", "kernel memory of queued signals", true},
    RlimitRow{RLIMIT_NICE, 0, "nice", "no higher priority", true},
    RlimitRow{RLIMIT_RTPRIO, 0, "rtprio", "no real-time scheduling", true},
    RlimitRow{RLIMIT_STACK, 8 * kMiB, "stack",
              "a deep recursion ends in a fault, not in all memory"},
};

// cell: sets all of them.
Status set_cell_rlimits();

// cell, when a run starts: sets RLIMIT_CPU, soft = hard (a namespace's init ignores the soft
// limit's signal), to whole seconds, rounded up, plus what the cell used during its warm-up. This
// is the kernel's backstop for the server's exact clock.
Status set_cpu_limit(std::chrono::milliseconds cpu_time);

// cell: reads them back from the kernel.
Status verify_cell_rlimits();

}  // namespace forkjail::sandbox
