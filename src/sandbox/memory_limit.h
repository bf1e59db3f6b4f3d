// The run's own memory as RLIMIT_DATA (getrlimit(2)): private writable mappings and the heap, so
// that Python raises MemoryError before the cgroup's limit kills. Unlike RLIMIT_AS it does not
// count the warm libraries' read-only pages nor reserved address space.
#pragma once

#include <sys/resource.h>

#include <cstdint>

#include "base/result.h"

namespace forkjail::sandbox {

// What a process has of the resource by which its memory can be limited.
struct MemoryBase {
  __rlimit_resource resource = RLIMIT_DATA;
  std::uint64_t bytes = 0;
};

// zygote, or cell when parked: how much the kernel counts as this process's data now. Found by a
// binary search over the soft limit with a one-page mapping as the probe, because there is no /proc
// in the jail: about 25 times three cheap system calls. `guess`: where to begin; near the truth a
// handful of probes is enough. gVisor holds no mapping against RLIMIT_DATA: RLIMIT_AS there.
Result<MemoryBase> measure_memory(const MemoryBase& guess = {});

// cell, at hand-off: `own_bytes` more than `base`, soft and hard. Of address space some more, since
// reserved ranges and late imports count as well.
Status limit_memory(const MemoryBase& base, std::uint64_t own_bytes);

}  // namespace forkjail::sandbox
