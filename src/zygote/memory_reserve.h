// Address space put aside in the zygote and given back in a cell that has run out of memory, so
// that there is some to say so with: for the traceback that names the line, and for the reply.
// Costs no memory: it is never touched, only counted (RLIMIT_DATA).
#pragma once

#include <atomic>
#include <cstddef>

namespace forkjail::zygote {

class MemoryReserve {
 public:
  explicit MemoryReserve(std::size_t bytes);
  ~MemoryReserve() { release(); }
  MemoryReserve(const MemoryReserve&) = delete;
  MemoryReserve& operator=(const MemoryReserve&) = delete;

  // Releases the reserve as soon as Python's own allocator fails to get `bytes` or less: by then
  // MemoryError is on its way, and CPython drops the traceback if there is no memory for it. Larger
  // requests may fail with memory to spare. The reserve must live as long as Python does.
  void watch_python_allocator();

  void release();  // any thread, with or without the GIL; once is enough, again does nothing

 private:
  std::atomic<void*> start_{nullptr};  // null: none could be had, or it was released
  std::size_t bytes_ = 0;
};

}  // namespace forkjail::zygote
