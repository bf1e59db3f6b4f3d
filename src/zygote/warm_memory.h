// Where the zygote's warm image lies: CPython's arenas in one region and malloc's heap, both backed
// by huge pages. A clone then copies a few dozen page table entries instead of ten thousand, and a
// cell's end frees as few; a cell that writes to a huge page gets 4 KB of its own. Where the
// kernel has no transparent huge pages, all of this works on small ones, only slower.
//
// Zygote, in this order: begin(), the start of Python and everything that warms it, fill_holes(),
// settle(), the first clone. Not thread-safe: under Python's lock, or before there is Python.
#pragma once

#include <cstdint>
#include <vector>

#include "sandbox/prefault.h"

namespace forkjail::zygote::warm_memory {

// Before Python is initialized and before much was allocated. What is allocated from here on comes
// from the two regions.
void begin();

// At any time: takes all free blocks for good, so that what is allocated from here on lies side by
// side. Last of all it makes a cell allocate from fresh pages and not from shared ones all over the
// image.
void fill_holes();

// The same for a while: what is allocated meanwhile lies side by side, what is allocated later in
// the holes again.
class FilledHoles {
 public:
  FilledHoles();
  ~FilledHoles();
  FilledHoles(const FilledHoles&) = delete;
  FilledHoles& operator=(const FilledHoles&) = delete;

 private:
  void* arena_blocks_;
  void* heap_blocks_;
};

// The address from which on malloc's heap has not been given away yet. After fill_holes() all that
// is allocated lies there.
std::uintptr_t never_used_from();

// Once all is warm: gives back what was reserved and not used, so that it does
// not count as a cell's data; sets the allocators to what suits a cell. Later arenas are mapped one
// by one.
void settle();

// The two regions as they are now, and what Python mapped beside them.
std::vector<sandbox::MemoryRange> regions();

}  // namespace forkjail::zygote::warm_memory
