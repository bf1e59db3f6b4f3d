#include "zygote/memory_reserve.h"

#include <Python.h>
#include <sys/mman.h>

namespace forkjail::zygote {
namespace {

// CPython's raw domain, which its object allocator uses too when it gets no arena. Small objects
// never come here otherwise, so the detour costs nothing measurable.
struct WatchedAllocator {
  PyMemAllocatorEx inner{};
  MemoryReserve* reserve = nullptr;
  std::size_t bytes_max = 0;

  void* checked(void* result, std::size_t bytes) const {
    if (result == nullptr && bytes <= bytes_max) reserve->release();
    return result;
  }
};

const WatchedAllocator& watched(void* context) { return *static_cast<WatchedAllocator*>(context); }

void* watched_malloc(void* context, std::size_t bytes) {
  const WatchedAllocator& self = watched(context);
  return self.checked(self.inner.malloc(self.inner.ctx, bytes), bytes);
}

void* watched_calloc(void* context, std::size_t count, std::size_t bytes) {
  const WatchedAllocator& self = watched(context);
  return self.checked(self.inner.calloc(self.inner.ctx, count, bytes), count * bytes);
}

void* watched_realloc(void* context, void* block, std::size_t bytes) {
  const WatchedAllocator& self = watched(context);
  return self.checked(self.inner.realloc(self.inner.ctx, block, bytes), bytes);
}

void watched_free(void* context, void* block) {
  const WatchedAllocator& self = watched(context);
  self.inner.free(self.inner.ctx, block);
}

}  // namespace

void MemoryReserve::refill() {
  if (start_ != nullptr) return;
  void* const start = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start != MAP_FAILED) start_ = start;
}

void MemoryReserve::watch_python_allocator() {
  static WatchedAllocator allocator;
  allocator.reserve = this;
  allocator.bytes_max = bytes_;
  PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &allocator.inner);
  PyMemAllocatorEx outer{&allocator, watched_malloc, watched_calloc, watched_realloc, watched_free};
  PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &outer);
}

void MemoryReserve::release() {
  void* const start = start_.exchange(nullptr);
  if (start != nullptr) munmap(start, bytes_);
}

}  // namespace forkjail::zygote
