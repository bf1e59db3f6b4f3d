#include "zygote/memory_reserve.h"

#include <sys/mman.h>

#include <utility>

namespace forkjail::zygote {

MemoryReserve::MemoryReserve(std::size_t bytes) : bytes_(bytes) {
  void* const start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start != MAP_FAILED) start_ = start;
}

void MemoryReserve::release() {
  void* const start = std::exchange(start_, nullptr);
  if (start != nullptr) munmap(start, bytes_);
}

}  // namespace forkjail::zygote
