// Address space reserved in the zygote and released in a cell that has run out of memory, so that
// there is room to report the failure: for the traceback that names the line, and for the reply. It
// costs no memory: it is never touched, only counted (RLIMIT_DATA).
#pragma once

#include <atomic>
#include <cstddef>

namespace forkjail::zygote {

class MemoryReserve {
 public:
  explicit MemoryReserve(std::size_t bytes) : bytes_(bytes) { refill(); }
  ~MemoryReserve() { release(); }
  MemoryReserve(const MemoryReserve&) = delete;
  MemoryReserve& operator=(const MemoryReserve&) = delete;

  // Releases the reserve as soon as Python's own allocator fails to get `bytes` or less: then
  // MemoryError is about to be raised, and CPython drops the traceback if there is no memory for
  // it. Larger requests may fail while there is still memory. The reserve must live as long as
  // Python does.
  void watch_python_allocator();

  // For a further run of the process. If there is no memory for it, the reserve stays empty.
  void refill();

  void release();  // any thread, with or without the GIL; further calls do nothing

 private:
  std::atomic<void*> start_{nullptr};  // null: not available, or released
  std::size_t bytes_ = 0;
};

}  // namespace forkjail::zygote
