#include "sandbox/prefault.h"

namespace forkjail::sandbox {

// The address sanitizer would report the first byte of a page, which may be in a red zone.
[[gnu::no_sanitize_address]] void prefault(const TouchedPages& pages) {
  // NOLINTBEGIN(performance-no-int-to-ptr): addresses that the zygote has learned
  for (const MemoryRange& range : pages.written) {
    for (std::uintptr_t page = range.start; page < range.start + range.bytes; page += kPageBytes) {
      // A single write fault: reading first would cause another one if the page is missing.
      __atomic_fetch_or(reinterpret_cast<std::uint8_t*>(page), 0, __ATOMIC_RELAXED);
    }
  }
  for (const std::uintptr_t address : pages.read) {
    static_cast<void>(*reinterpret_cast<const volatile std::uint8_t*>(address));
  }
  // NOLINTEND(performance-no-int-to-ptr)
}

}  // namespace forkjail::sandbox
