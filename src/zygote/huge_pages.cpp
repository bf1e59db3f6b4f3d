#include "zygote/huge_pages.h"

#include <sys/mman.h>

#include <cstring>

#include "zygote/page_faults.h"

namespace forkjail::zygote {
namespace {

std::uintptr_t round_up(std::uintptr_t value) {
  return (value + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
}

// NOLINTNEXTLINE(performance-no-int-to-ptr)
void* pointer(std::uintptr_t address) { return reinterpret_cast<void*>(address); }

// An aligned mapping of `bytes`, a multiple of 2 MB, advised for huge pages; 0: none.
std::uintptr_t map_aligned(std::size_t bytes) {
  void* const mapped = ::mmap(nullptr, bytes + kHugePageBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return 0;
  const auto raw = reinterpret_cast<std::uintptr_t>(mapped);
  const std::uintptr_t start = round_up(raw);
  if (start > raw) ::munmap(mapped, start - raw);
  if (raw + kHugePageBytes > start) ::munmap(pointer(start + bytes), raw + kHugePageBytes - start);
  ::madvise(pointer(start), bytes, MADV_HUGEPAGE);
  return start;
}

// Whether the kernel provided huge pages: then writing to both ends of one causes one fault.
bool fill_with_huge_pages(std::uintptr_t start, std::size_t bytes) {
  for (std::uintptr_t page = start; page < start + bytes; page += kHugePageBytes) {
    const long before = page_faults_so_far();
    *static_cast<volatile char*>(pointer(page)) = 0;
    *static_cast<volatile char*>(pointer(page + kHugePageBytes - 1)) = 0;
    if (page_faults_so_far() - before > 1) return false;
  }
  return true;
}

}  // namespace

HugePages::HugePages(std::size_t bytes) {
  bytes = round_up(bytes);
  const std::uintptr_t start = map_aligned(bytes);
  if (start == 0) return;
  if (!fill_with_huge_pages(start, bytes)) {
    ::munmap(pointer(start), bytes);
    return;
  }
  next_ = start;
  end_ = start + bytes;
}

HugePages::~HugePages() {
  if (end_ > next_) ::munmap(pointer(next_), end_ - next_);
}

bool HugePages::put_in_place(std::uintptr_t start, std::uintptr_t end, int protection) {
  const std::size_t bytes = end - start;
  if (end < start || bytes > end_ - next_) return false;
  std::memcpy(pointer(next_), pointer(start), bytes);
  if (::mprotect(pointer(next_), bytes, protection) != 0) return false;
  if (::mremap(pointer(next_), bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, pointer(start)) ==
      MAP_FAILED) {
    return false;
  }
  next_ += bytes;
  return true;
}

}  // namespace forkjail::zygote
