// Address space put aside in the zygote and given back in a cell that has run out of memory, so
// that there is some to say so with. Costs no memory: it is never touched, only counted
// (RLIMIT_DATA).
#pragma once

#include <cstddef>

namespace forkjail::zygote {

class MemoryReserve {
 public:
  explicit MemoryReserve(std::size_t bytes);
  ~MemoryReserve() { release(); }
  MemoryReserve(const MemoryReserve&) = delete;
  MemoryReserve& operator=(const MemoryReserve&) = delete;

  void release();  // once is enough; again does nothing

 private:
  void* start_ = nullptr;  // null: none could be had, or it was released
  std::size_t bytes_ = 0;
};

}  // namespace forkjail::zygote
