#include "sandbox/prefault.h"

namespace forkjail::sandbox {

// The sanitizer takes the first byte of a page for what lies there, a red zone perhaps.
[[gnu::no_sanitize("address")]] void prefault(std::span<const MemoryRange> ranges) {
  for (const MemoryRange& range : ranges) {
    for (std::uintptr_t page = range.start; page < range.start + range.bytes; page += kPageBytes) {
      // One write fault: a read first would be a fault of its own where the page is not there.
      // NOLINTNEXTLINE(performance-no-int-to-ptr): an address that the zygote has learned
      __atomic_fetch_or(reinterpret_cast<std::uint8_t*>(page), 0, __ATOMIC_RELAXED);
    }
  }
}

}  // namespace forkjail::sandbox
