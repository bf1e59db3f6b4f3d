#include "zygote/touched_pages.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <link.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "zygote/library_mappings.h"

namespace forkjail::zygote {
namespace {

using sandbox::kFaultAroundBytes;
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
TEST(TouchedPages, WrittenOnesAreFoundWhateverIsWritten) {
  write_all_pages();
  const auto found = TouchTrial().learn([] {
    *static_cast<volatile std::uint8_t*>(&memory[kWritten * kPageBytes]) = 1;
    return true;
  });
  if (found.empty()) GTEST_SKIP() << "this kernel has no MADV_POPULATE_WRITE";
  EXPECT_TRUE(covers(found.written, &memory[kWritten * kPageBytes]));
  EXPECT_FALSE(covers(found.written, &memory[(kWritten - 4) * kPageBytes]));
  EXPECT_FALSE(covers(found.written, &memory[(kWritten + 4) * kPageBytes]));
}

TEST(TouchedPages, OneTrialFindsWhatIsWritten) {
  write_all_pages();
  const auto found = TouchTrial().learn_written([] {
    *static_cast<volatile std::uint8_t*>(&memory[kWritten * kPageBytes]) = 1;
    return true;
  });
  if (found.empty()) GTEST_SKIP() << "this kernel has no MADV_POPULATE_WRITE";
  EXPECT_TRUE(covers(found.written, &memory[kWritten * kPageBytes]));
  EXPECT_FALSE(covers(found.written, &memory[(kWritten + 4) * kPageBytes]));
  EXPECT_TRUE(found.read.empty());
}

std::string path_of(void* library) {
  link_map* map = nullptr;
  return ::dlinfo(library, RTLD_DI_LINKMAP, &map) == 0 ? map->l_name : "";
}

// Written at once, a file lies in large folios of the page cache where its file system has those.
void copy_at_once(const std::string& from, const std::string& to) {
  std::ifstream in(from, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::ofstream(to, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// A clone has no page of a file: what the trial reads of a library's constants is a fault.
TEST(TouchedPages, StretchesOfLibrariesAreFoundThatWereRead) {
  const auto code = file_code();
  ASSERT_FALSE(code.empty());
  const auto largest = std::ranges::max(code, {}, &sandbox::MemoryRange::bytes);
  ASSERT_GT(largest.bytes, 4 * kFaultAroundBytes);
  const std::uintptr_t middle =
      (largest.start + largest.bytes / 2) / kFaultAroundBytes * kFaultAroundBytes;
  const auto found = TouchTrial().learn([middle] {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    static_cast<void>(*reinterpret_cast<const volatile std::uint8_t*>(middle + kPageBytes));
    return true;
  });
  if (found.empty()) GTEST_SKIP() << "this kernel has no MADV_POPULATE_READ";
  EXPECT_NE(std::ranges::find(found.read, middle), found.read.end());
  std::size_t bytes = 0;
  for (const auto& range : code) bytes += range.bytes;
  EXPECT_LT(found.read.size() * kFaultAroundBytes, bytes / 4) << "what no run looks at was found";
}

// One fault maps a large folio as a whole: the next stretch then looks as if it had been touched.
TEST(TouchedPages, NoNeighbourOfAnUntouchedStretchIsFound) {
  void* const original = ::dlopen("libm.so.6", RTLD_NOW);
  ASSERT_NE(original, nullptr) << ::dlerror();
  const std::string copied = std::filesystem::temp_directory_path() / "forkjail-touched-pages.so";
  copy_at_once(path_of(original), copied);
  void* const copy = ::dlopen(copied.c_str(), RTLD_NOW);
  std::filesystem::remove(copied);
  ASSERT_NE(copy, nullptr) << ::dlerror();
  const link_map* map = nullptr;
  ASSERT_EQ(::dlinfo(copy, RTLD_DI_LINKMAP, &map), 0);
  const auto found = TouchTrial().learn([] { return true; });
  const auto of_copy = std::ranges::count_if(found.read, [&](std::uintptr_t address) {
    return address >= map->l_addr && address < map->l_addr + 512 * kPageBytes;
  });
  EXPECT_LE(of_copy, 1) << "the linker's own page is looked at by anybody";
  ::dlclose(copy);
  ::dlclose(original);
}

TEST(TouchedPages, AFailedTrialTeachesNothing) {
  EXPECT_TRUE(TouchTrial().learn([] { return false; }).empty());
}

TEST(TouchedPages, ATrialThatDiesTeachesNothing) {
  EXPECT_TRUE(TouchTrial().learn([]() -> bool { std::abort(); }).empty());
}

}  // namespace
}  // namespace forkjail::zygote
