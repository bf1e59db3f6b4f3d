#include "sandbox/prefault.h"

namespace forkjail::sandbox {

// The sanitizer takes the first byte of a page for what lies there, a red zone perhaps.
[[gnu::no_sanitize_address]] void prefault(const TouchedPages& pages) {
  // NOLINTBEGIN(performance-no-int-to-ptr): addresses that the zygote has learned
  for (const MemoryRange& range : pages.written) {
    for (std::uintptr_t page = range.start; page < range.start + range.bytes; page += kPageBytes) {
      // One write fault: a read first would be a fault of its own where the page is not there.
      __atomic_fetch_or(reinterpret_cast<std::uint8_t*>(page), 0, __ATOMIC_RELAXED);
    }
  }
  for (const std::uintptr_t address : pages.read) {
    static_cast<void>(*reinterpret_cast<const volatile std::uint8_t*>(address));
  }
  // NOLINTEND(performance-no-int-to-ptr)
}

}  // namespace forkjail::sandbox
