// The run's own memory as RLIMIT_DATA (getrlimit(2)): private writable mappings and the heap, so
// that Python raises MemoryError before the cgroup's limit kills. Unlike RLIMIT_AS it does not
// count the warm libraries' read-only pages nor reserved address space.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace forkjail::sandbox {

// zygote, or cell when parked: how much the kernel counts as this process's data now. Found by a
// binary search over the soft limit with a one-page mapping as the probe, because there is no /proc
// in the jail: about 25 times three cheap system calls. `guess_bytes`: where to begin; near the
// truth a handful of probes is enough.
Result<std::uint64_t> measure_data_bytes(std::uint64_t guess_bytes = 0);

// cell, at hand-off: `own_bytes` more than `base_bytes`, soft and hard.
Status set_data_limit(std::uint64_t base_bytes, std::uint64_t own_bytes);

}  // namespace forkjail::sandbox
