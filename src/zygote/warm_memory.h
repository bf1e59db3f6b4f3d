// The memory of the zygote's warm image: CPython's arenas in one region, and malloc's heap, both
// backed by huge pages. A clone then copies a few dozen page table entries instead of ten thousand,
// and its exit frees as few; a cell that writes to a huge page gets a private copy of 4 KB. If the
// kernel has no transparent huge pages, all of this works with small ones, only slower.
//
// Zygote, in this order: begin(), the start of Python and the whole warm-up, pin_free_blocks(),
// settle(), the first clone. Not thread-safe: under Python's lock, or before Python starts.
#pragma once

#include <cstdint>
#include <vector>

#include "sandbox/prefault.h"

namespace forkjail::zygote::warm_memory {

// Before Python is initialized and before much is allocated. Allocations from here on come from the
// two regions.
void begin();

// Pins all free blocks: allocates every free block of the arenas and of the heap and never frees
// it, so that later allocations come from memory that was never used and are contiguous. A cell
// that allocated from free blocks would write to shared pages all over the image and copy each of
// them. Can be called at any time; the last call must come before the first clone.
void pin_free_blocks();

// Pins the free blocks for the life of this object: what is allocated meanwhile is contiguous;
// afterwards the blocks are free again.
class PinnedFreeBlocks {
 public:
  PinnedFreeBlocks();
  ~PinnedFreeBlocks();
  PinnedFreeBlocks(const PinnedFreeBlocks&) = delete;
  PinnedFreeBlocks& operator=(const PinnedFreeBlocks&) = delete;

 private:
  void* arena_blocks_;
  void* heap_blocks_;
};

// The address from which malloc's heap was never used. After pin_free_blocks() all new blocks are
// at or above it.
std::uintptr_t never_used_from();

// After the warm-up: unmaps what was reserved and not used, so that it does not count as a cell's
// data, and sets the allocators to values that suit a cell. Later arenas are mapped one by one.
void settle();

// The two regions at this moment, and what Python mapped outside them.
std::vector<sandbox::MemoryRange> regions();

}  // namespace forkjail::zygote::warm_memory
