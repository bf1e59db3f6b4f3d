// Copies or maps pages ahead of their use: after a clone every page is shared until it is written,
// and no file page is mapped. cell, during its setup.
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

// The pages that a run touches, as far as they are known.
struct TouchedPages {
  std::vector<MemoryRange> written;
  std::vector<std::uintptr_t>
      read;  // one address of each of a file's stretches (kFaultAroundBytes)

  [[nodiscard]] bool empty() const { return written.empty() && read.empty(); }
};

// The part of a file that the kernel maps at one fault, if it is in the page cache: the aligned
// stretch around the address (fault_around_bytes, by default 64 KB).
inline constexpr std::size_t kFaultAroundBytes = 65'536;

// Copies or creates every page of `pages.written`, which this process must be allowed to write,
// maps every stretch of `pages.read`, and changes no byte. Uses one fault for each:
// madvise(MADV_POPULATE_WRITE) is not faster for several pages, and takes nearly twice the time for
// a single one.
void prefault(const TouchedPages& pages);

}  // namespace forkjail::sandbox
