#include "zygote/warm_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace forkjail::zygote {
namespace {

constexpr std::array<std::size_t, 6> kSizes{24, 200, 1000, 5000, 40'000, 300'000};
constexpr int kHolesOfEachSize = 20;

// Read where it is used, or the compiler leaves out a malloc whose block nobody reads.
void* (*volatile const allocate)(std::size_t) = std::malloc;

// Blocks of memory that were free, each between two that are not: {first byte, one behind the
// last}.
std::vector<std::pair<std::uintptr_t, std::uintptr_t>> make_holes() {
  std::vector<void*> freed;
  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> holes;
  for (const std::size_t size : kSizes) {
    for (int i = 0; i < kHolesOfEachSize; ++i) {
      freed.push_back(allocate(size));
      holes.emplace_back(reinterpret_cast<std::uintptr_t>(freed.back()),
                         reinterpret_cast<std::uintptr_t>(freed.back()) + size);
      allocate(size);
    }
  }
  for (void* const block : freed) std::free(block);
  return holes;
}

// In a child, since what fills the holes is never given back.
int blocks_in_filled_holes() {
  const auto holes = make_holes();
  warm_memory::pin_free_blocks();
  int found = 0;
  for (const std::size_t size : kSizes) {
    for (int i = 0; i < kHolesOfEachSize; ++i) {
      const auto block = reinterpret_cast<std::uintptr_t>(allocate(size));
      found += static_cast<int>(std::ranges::count_if(
          holes, [block](const auto& hole) { return block >= hole.first && block < hole.second; }));
    }
  }
  return found;
}

TEST(WarmMemory, AFilledHoleIsNotAllocatedFromAgain) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "needs glibc's malloc, and a sanitizer has its own";
#endif
  EXPECT_EXIT(std::_Exit(blocks_in_filled_holes()), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace forkjail::zygote
