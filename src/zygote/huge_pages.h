// Memory in huge pages, put in the place of memory in small ones.
//
// Small pages of a process's own cost a clone and its end 0.1 us each, and a file's pages have to
// be found again by every clone, fault by fault. Parts of a huge page cost neither.
#pragma once

#include <cstddef>
#include <cstdint>

namespace forkjail::zygote {

inline constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

// A stretch of huge pages from which parts go where they are wanted.
class HugePages {
 public:
  // Of `bytes` at least; empty where the kernel has no huge page to give.
  explicit HugePages(std::size_t bytes);
  HugePages(const HugePages&) = delete;
  HugePages& operator=(const HugePages&) = delete;
  ~HugePages();  // what was not taken is given back

  // Replaces the mappings of [start, end), both at a page's boundary, by the next part, with the
  // same contents and `protection` (mmap(2)). False: it could not be done, and nothing has changed.
  // Nothing of the process may write there meanwhile.
  bool put_in_place(std::uintptr_t start, std::uintptr_t end, int protection);

 private:
  std::uintptr_t next_ = 0;
  std::uintptr_t end_ = 0;
};

}  // namespace forkjail::zygote
