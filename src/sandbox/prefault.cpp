#include "sandbox/prefault.h"

#include <sys/mman.h>

#include <cerrno>

namespace forkjail::sandbox {

void prefault(std::span<const MemoryRange> ranges) {
  for (const MemoryRange& range : ranges) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address that the zygote has learned
    void* const start = reinterpret_cast<void*>(range.start);
    if (::madvise(start, range.bytes, MADV_POPULATE_WRITE) != 0 && errno == EINVAL) return;
  }
}

}  // namespace forkjail::sandbox
