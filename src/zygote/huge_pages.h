// Moves memory from small pages to huge pages.
//
// Each small private page costs a clone and its exit 0.1 us each, and file pages must be mapped
// again by every clone, fault by fault. Parts of a huge page cost neither.
#pragma once

#include <cstddef>
#include <cstdint>

namespace forkjail::zygote {

inline constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

// A range of huge pages from which parts are taken one after another.
class HugePages {
 public:
  // At least `bytes`; empty if the kernel has no free huge page.
  explicit HugePages(std::size_t bytes);
  HugePages(const HugePages&) = delete;
  HugePages& operator=(const HugePages&) = delete;
  ~HugePages();  // unmaps what was not taken

  // Replaces the mappings of [start, end), which are multiples of the page size, by the next part,
  // with the same contents and the given `protection` (mmap(2)). False: not possible, and nothing
  // has changed. No code of the process may write there meanwhile.
  bool put_in_place(std::uintptr_t start, std::uintptr_t end, int protection);

 private:
  std::uintptr_t next_ = 0;
  std::uintptr_t end_ = 0;
};

}  // namespace forkjail::zygote
