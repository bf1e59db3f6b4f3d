// Pages that a process is about to write, made its own in a few calls instead of one page fault
// each: after a clone every page is shared until it is written, and a fault costs several times
// what the kernel needs to copy the page. cell, on its way into the jail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace forkjail::sandbox {

inline constexpr std::size_t kPageBytes = 4096;

// Whole pages of this process's address space.
struct MemoryRange {
  std::uintptr_t start = 0;
  std::size_t bytes = 0;
};

// Copies or makes every page of `ranges`, as writing to it would. Nothing depends on it: where the
// kernel cannot (before Linux 5.14, gVisor), the pages are faulted in as they are written.
void prefault(std::span<const MemoryRange> ranges);

}  // namespace forkjail::sandbox
