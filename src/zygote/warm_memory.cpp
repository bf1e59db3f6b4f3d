#include "zygote/warm_memory.h"

#include <Python.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <new>
#include <utility>

#include "base/limits.h"

namespace forkjail::zygote::warm_memory {
namespace {

constexpr std::size_t kHugePage = 2 * kMiB;
constexpr std::size_t kArenaRegionBytes = 256 * kMiB;  // address space, most of it unmapped later

constexpr int kAdviceCollapse = 25;  // MADV_COLLAPSE, Linux 6.1

// malloc's settings (mallopt(3)). Larger blocks are mapped one by one and leave no holes; smaller
// ones that a script frees and allocates again are not mapped anew each time.
constexpr int kMmapThreshold = 1 * kMiB;
constexpr int kWarmingTopPad = 64 * kMiB;
constexpr int kCellTopPad = 128 * kKiB;
constexpr int kCellTrimThreshold = 2 * kMiB;
constexpr std::size_t kTrimmingBlock =
    100 * kKiB;  // free() trims the heap only for blocks of 64 KB or more

std::uintptr_t round_up(std::uintptr_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

// NOLINTNEXTLINE(performance-no-int-to-ptr)
void* pointer(std::uintptr_t address) { return reinterpret_cast<void*>(address); }

void* map(std::size_t bytes) {
  void* const start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return start == MAP_FAILED ? nullptr : start;
}

// CPython's arenas, one after another; freed ones are reused before the region grows.
class ArenaRegion {
 public:
  void reserve() {
    void* const mapped = map(kArenaRegionBytes + kHugePage);
    if (mapped == nullptr) return;  // then every arena is mapped separately
    const auto raw = reinterpret_cast<std::uintptr_t>(mapped);
    start_ = round_up(raw, kHugePage);
    used_end_ = start_;
    end_ = start_ + kArenaRegionBytes;
    if (start_ > raw) ::munmap(mapped, start_ - raw);
    if (raw + kHugePage > start_) ::munmap(pointer(end_), raw + kHugePage - start_);
    ::madvise(pointer(start_), kArenaRegionBytes, MADV_HUGEPAGE);
  }

  void* allocate(std::size_t bytes) {
    if (free_ != nullptr && bytes == arena_bytes_) {
      FreeArena* const arena = free_;
      free_ = arena->next;
      return arena;
    }
    if (bytes > end_ - used_end_ || (arena_bytes_ != 0 && bytes != arena_bytes_)) {
      return map_elsewhere(bytes);
    }
    arena_bytes_ = bytes;
    void* const arena = pointer(used_end_);
    used_end_ += bytes;
    return arena;
  }

  void release(void* arena, std::size_t bytes) {
    const auto address = reinterpret_cast<std::uintptr_t>(arena);
    if (address < start_ || address >= used_end_) {
      std::erase_if(elsewhere_, [&](const auto& range) { return range.start == address; });
      ::munmap(arena, bytes);
      return;
    }
    free_ = ::new (arena) FreeArena{free_};
  }

  void give_back_rest() {
    if (end_ > used_end_) ::munmap(pointer(used_end_), end_ - used_end_);
    end_ = used_end_;
    settled_ = true;
  }

  sandbox::MemoryRange used() const { return {start_, used_end_ - start_}; }

  // Other memory that Python allocated in the same way, above all the stacks of its frames.
  const std::vector<sandbox::MemoryRange>& elsewhere() const { return elsewhere_; }

 private:
  void* map_elsewhere(std::size_t bytes) {
    void* const start = map(bytes);
    // A cell keeps no list: it would grow when there is no memory left.
    if (start != nullptr && !settled_) {
      elsewhere_.push_back({reinterpret_cast<std::uintptr_t>(start), bytes});
    }
    return start;
  }

  struct FreeArena {
    FreeArena* next;
  };

  std::uintptr_t start_ = 0;
  std::uintptr_t used_end_ = 0;
  std::uintptr_t end_ = 0;
  std::size_t arena_bytes_ = 0;
  FreeArena* free_ = nullptr;
  bool settled_ = false;
  std::vector<sandbox::MemoryRange> elsewhere_;
};

// Lives as long as Python, which calls into it until the process ends.
ArenaRegion& arena_region() {
  static ArenaRegion region;
  return region;
}

void* allocate_arena(void* region, std::size_t bytes) {
  return static_cast<ArenaRegion*>(region)->allocate(bytes);
}

void release_arena(void* region, void* arena, std::size_t bytes) {
  static_cast<ArenaRegion*>(region)->release(arena, bytes);
}

// malloc's heap: from the first program break to the current one.
std::uintptr_t program_break() { return reinterpret_cast<std::uintptr_t>(::sbrk(0)); }

std::uintptr_t& heap_start() {
  static std::uintptr_t start = 0;
  return start;
}

sandbox::MemoryRange heap() {
  const std::uintptr_t start = heap_start();
  return {start, program_break() - start};
}

void free_a_block() {
  // volatile: otherwise the pair is optimized away
  void* volatile block = std::malloc(kTrimmingBlock);  // NOLINT(*-no-malloc): malloc is the subject
  std::free(block);                                    // NOLINT(*-no-malloc)
}

void advise_whole_huge_pages(const sandbox::MemoryRange& range, int advice) {
  const std::uintptr_t start = round_up(range.start, kHugePage);
  const std::uintptr_t end = (range.start + range.bytes) / kHugePage * kHugePage;
  if (end > start) ::madvise(pointer(start), end - start, advice);
}

// The end of malloc's used part; everything behind it is free.
std::uintptr_t heap_end_in_use() { return program_break() - ::mallinfo2().keepcost; }

// Allocates up to the next huge page and never touches it, so that later blocks fill whole huge
// pages. Also stops when a block comes from elsewhere, as with a sanitizer's malloc.
void skip_to_huge_page() {
  for (;;) {
    const std::uintptr_t end = heap_end_in_use();
    const std::size_t left = round_up(end, kHugePage) - end;
    const std::size_t block = std::min<std::size_t>(left, kMmapThreshold) / 2;
    // NOLINTNEXTLINE(*-no-malloc, clang-analyzer-unix.Malloc): kept for good
    if (block < kTrimmingBlock || std::malloc(block) == nullptr || heap_end_in_use() == end) return;
  }
}

void begin_heap() {
  ::mallopt(M_TOP_PAD, kWarmingTopPad);
  ::mallopt(M_MMAP_THRESHOLD, kMmapThreshold);
  heap_start() = round_up(program_break(), sandbox::kPageBytes);
  free_a_block();  // larger than the rest: the heap grows by the whole pad
  advise_whole_huge_pages(heap(), MADV_HUGEPAGE);
  skip_to_huge_page();
}

// Unmaps everything behind the last huge page in use.
void settle_heap() {
  const std::uintptr_t kept = round_up(heap_end_in_use() + kCellTopPad, kHugePage);
  ::mallopt(M_TOP_PAD, static_cast<int>(kept - heap_end_in_use()));
  ::mallopt(M_TRIM_THRESHOLD, kCellTopPad);
  free_a_block();  // the end of the heap is now above the threshold and is unmapped
  ::mallopt(M_TRIM_THRESHOLD, kCellTrimThreshold);
  ::mallopt(M_TOP_PAD, kCellTopPad);
}

// Holes: free memory between used blocks. A cell that allocates there writes to shared pages all
// over the image; so they are pinned, and a cell allocates contiguous fresh pages.

constexpr std::size_t kArenaBlockUnit = 16;  // CPython's small blocks: 16, 32, ... 512 bytes,
constexpr std::size_t kArenaBlockMax = 512;  // each size in pages of its own
constexpr std::size_t kHeapFineMax =
    32 * kKiB;  // from here down every size, above the powers of two
constexpr std::size_t kHeapHoleMax = kMmapThreshold / 2;  // there are few larger ones

// A block that pins a hole, in a list that is stored in the blocks themselves.
struct Filling {
  Filling* next;
};

// Allocates blocks of each size, the largest first, until one is at or above `fresh`; that one is
// freed, the others are listed.
void take_blocks(Filling*& taken, std::uintptr_t fresh, std::size_t largest, std::size_t unit,
                 void* (*allocate)(std::size_t), void (*release)(void*)) {
  for (std::size_t size = largest; size > 0; size -= unit) {
    void* block = allocate(size);
    while (block != nullptr && reinterpret_cast<std::uintptr_t>(block) < fresh) {
      taken = ::new (block) Filling{taken};
      block = allocate(size);
    }
    release(block);
  }
}

Filling* fill_arenas() {
  Filling* taken = nullptr;
  const sandbox::MemoryRange used = arena_region().used();
  take_blocks(taken, used.start + used.bytes, kArenaBlockMax, kArenaBlockUnit, PyObject_Malloc,
              PyObject_Free);
  return taken;
}

Filling* fill_heap() {
  Filling* taken = nullptr;
  // A volatile pointer: the compiler may remove a direct call of malloc whose block is not used.
  void* (*volatile const allocate)(std::size_t) = std::malloc;
  const std::uintptr_t unused = heap_end_in_use();
  for (std::size_t size = kHeapHoleMax; size > kHeapFineMax; size /= 2) {
    take_blocks(taken, unused, size, size, allocate, std::free);
  }
  take_blocks(taken, unused, kHeapFineMax, kArenaBlockUnit, allocate, std::free);
  return taken;
}

void give_back(Filling* taken, void (*release)(void*)) {
  while (taken != nullptr) release(std::exchange(taken, taken->next));
}

}  // namespace

void begin() {
  begin_heap();
  arena_region().reserve();
  PyObjectArenaAllocator allocator{&arena_region(), allocate_arena, release_arena};
  PyObject_SetArenaAllocator(&allocator);
}

void pin_free_blocks() {
  static_cast<void>(fill_arenas());
  static_cast<void>(fill_heap());
}

PinnedFreeBlocks::PinnedFreeBlocks() : arena_blocks_(fill_arenas()), heap_blocks_(fill_heap()) {}

PinnedFreeBlocks::~PinnedFreeBlocks() {
  give_back(static_cast<Filling*>(arena_blocks_), PyObject_Free);
  give_back(static_cast<Filling*>(heap_blocks_), std::free);
}

std::uintptr_t never_used_from() { return heap_end_in_use(); }

void settle() {
  settle_heap();
  arena_region().give_back_rest();
  // Memory that was faulted in as small pages because no huge page was free then.
  for (const auto& region : regions()) advise_whole_huge_pages(region, kAdviceCollapse);
}

std::vector<sandbox::MemoryRange> regions() {
  std::vector<sandbox::MemoryRange> found{arena_region().used()};
  std::ranges::copy(arena_region().elsewhere(), std::back_inserter(found));
  if (heap_start() != 0) found.push_back(heap());  // begun
  return found;
}

}  // namespace forkjail::zygote::warm_memory
