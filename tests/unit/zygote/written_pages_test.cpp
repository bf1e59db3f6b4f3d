#include "zygote/written_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace forkjail::zygote {
namespace {

using sandbox::kPageBytes;

constexpr std::size_t kPages = 64;
constexpr std::size_t kWritten = 40;
alignas(kPageBytes) std::uint8_t memory[kPages * kPageBytes];

bool covers(const std::vector<sandbox::MemoryRange>& ranges, const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  return std::ranges::any_of(ranges, [at](const sandbox::MemoryRange& range) {
    return at >= range.start && at < range.start + range.bytes;
  });
}

void write_all_pages() {
  for (std::size_t page = 0; page < kPages; ++page) memory[page * kPageBytes] = 1;
}

// A page counts though what is written is what was there: a reference count that goes up and down.
TEST(WrittenPages, AreFoundWhateverIsWritten) {
  write_all_pages();
  const auto found = learn_written_pages([] {
    *static_cast<volatile std::uint8_t*>(&memory[kWritten * kPageBytes]) = 1;
    return true;
  });
  if (found.empty()) GTEST_SKIP() << "this kernel has no MADV_POPULATE_WRITE";
  EXPECT_TRUE(covers(found, &memory[kWritten * kPageBytes]));
  EXPECT_FALSE(covers(found, &memory[(kWritten - 4) * kPageBytes]));
  EXPECT_FALSE(covers(found, &memory[(kWritten + 4) * kPageBytes]));
}

TEST(WrittenPages, AFailedTrialTeachesNothing) {
  EXPECT_TRUE(learn_written_pages([] { return false; }).empty());
}

TEST(WrittenPages, ATrialThatDiesTeachesNothing) {
  EXPECT_TRUE(learn_written_pages([]() -> bool { std::abort(); }).empty());
}

}  // namespace
}  // namespace forkjail::zygote
