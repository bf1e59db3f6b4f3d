// The run's own memory as RLIMIT_DATA (getrlimit(2)): private writable mappings and the heap, so
// that Python raises MemoryError before the cgroup's limit kills. Unlike RLIMIT_AS it does not
// count the warm libraries' read-only pages nor reserved address space.
//
// Where no memory cgroup stands behind it, RLIMIT_AS does: what RLIMIT_DATA does not count (shared
// mappings, page tables of sparse ones) is then bounded by the address space that it needs.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace forkjail::sandbox {

// What a process has of the resources by which its memory can be limited.
struct MemoryBase {
  std::uint64_t data_bytes = 0;   // 0: the kernel holds no mapping against RLIMIT_DATA (gVisor)
  std::uint64_t space_bytes = 0;  // of address space; 0: not measured
};

enum class MemoryBounds { data, data_and_space };

// zygote, before its first thread, where address space is limited: malloc would reserve 64 MB of it
// for the arenas of up to eight threads a processor, and a thread that gets none cannot start.
void spare_address_space();

// zygote, or cell when parked: how much the kernel counts as this process's now. Found by a binary
// search over the soft limit with a one-page mapping as the probe, because there is no /proc in the
// jail: about 25 times three cheap system calls for each resource. `guess`: where to begin; near
// the truth a handful of probes is enough. The address space where it is asked for, and where no
// mapping is held against RLIMIT_DATA.
Result<MemoryBase> measure_memory(MemoryBounds bounds, const MemoryBase& guess = {});

// cell, at hand-off: `own_bytes` more than `base`, soft and hard. Of address space, if measured,
// some more, since reserved ranges and late imports count as well.
Status limit_memory(const MemoryBase& base, std::uint64_t own_bytes);

}  // namespace forkjail::sandbox
