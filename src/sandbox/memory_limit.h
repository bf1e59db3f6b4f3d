// Limits the run's own memory with RLIMIT_DATA (getrlimit(2)), which counts private writable
// mappings and the heap, so that Python raises MemoryError before the cgroup kills. Unlike
// RLIMIT_AS it counts neither the read-only pages of the preloaded libraries nor reserved address
// space.
//
// Without a memory cgroup RLIMIT_AS backs it up: what RLIMIT_DATA does not count (shared mappings,
// page tables of sparse ones) is then bounded by the address space that it needs.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace forkjail::sandbox {

// How much a process already uses of the resources by which its memory can be limited.
struct MemoryBase {
  std::uint64_t data_bytes = 0;   // 0: the kernel counts no mappings for RLIMIT_DATA (gVisor)
  std::uint64_t space_bytes = 0;  // address space; 0: not measured
};

enum class MemoryBounds { data, data_and_space };

// zygote, before its first thread, if address space is limited: malloc would otherwise reserve 64
// MB for each of up to eight arenas per CPU, and a thread that gets no arena cannot start.
void spare_address_space();

// zygote, or cell when parked: measures how much the kernel counts for this process now. The jail
// has no /proc, which is the only place to read this, so it is found by a binary search: set the
// soft limit, try to map one page, repeat. About 25 steps of three cheap system calls per resource;
// with a good `guess` a handful. Address space is measured if asked for, and if the kernel counts
// no mappings for RLIMIT_DATA.
Result<MemoryBase> measure_memory(MemoryBounds bounds, const MemoryBase& guess = {});

// cell, when a run starts: limits it to `own_bytes` more than `base`, soft and hard. Address space,
// if measured, gets an additional allowance, since reserved ranges and late imports count as well.
Status limit_memory(const MemoryBase& base, std::uint64_t own_bytes);

}  // namespace forkjail::sandbox
