// Pages that a process is about to touch, made its own ahead of time: after a clone every page is
// shared until it is written, and no page of a file is there. cell, on its way into the jail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace forkjail::sandbox {

inline constexpr std::size_t kPageBytes = 4096;

// Whole pages of this process's address space.
struct MemoryRange {
  std::uintptr_t start = 0;
  std::size_t bytes = 0;
};

// What a run touches, as far as it is known.
struct TouchedPages {
  std::vector<MemoryRange> written;
  std::vector<std::uintptr_t>
      read;  // one address of each of a file's stretches (kFaultAroundBytes)

  [[nodiscard]] bool empty() const { return written.empty() && read.empty(); }
};

// What the kernel maps of a file at one fault, as far as it is in the page cache: the aligned
// stretch around the address (fault_around_bytes, 64 KB unless it was set).
inline constexpr std::size_t kFaultAroundBytes = 65'536;

// Copies or makes every page of `pages.written`, all of which this process may write, maps every
// stretch of `pages.read`, and changes no byte. By a fault for each: madvise(MADV_POPULATE_WRITE)
// does several pages no faster, and a single one in nearly twice the time.
void prefault(const TouchedPages& pages);

}  // namespace forkjail::sandbox
