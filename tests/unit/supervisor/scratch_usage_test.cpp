// Real directories, as a script would leave them.
#include "supervisor/scratch_usage.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/limits.h"
#include "base/unique_fd.h"

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;
using protocol::ScratchExcess;

class ScratchUsageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "forkjail-usage-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    top_ = name;
  }
  void TearDown() override { fs::remove_all(top_); }

  void file(const fs::path& name, std::size_t bytes) const {
    std::ofstream(top_ / name) << std::string(bytes, 'x');
    ::sync();  // some file systems allocate late
  }

  fs::path top_;
};

TEST_F(ScratchUsageTest, EmptyDirectoryIsNothing) {
  const auto usage = measure_scratch(top_, 0);
  EXPECT_EQ(usage.inodes, 0U);
  EXPECT_EQ(usage.excess(), ScratchExcess::none);
}

TEST_F(ScratchUsageTest, FilesOfAllLevelsAreCounted) {
  fs::create_directories(top_ / "a/b");
  file("one", 10);
  file("a/b/two", 3 * kMiB);
  const auto usage = measure_scratch(top_, 0);
  EXPECT_EQ(usage.inodes, 4U);
  EXPECT_GE(usage.bytes, 3 * kMiB);
  EXPECT_LT(usage.bytes, 4 * kMiB);
}

TEST_F(ScratchUsageTest, LinksAreNeverFollowed) {
  fs::create_directory_symlink("/usr", top_ / "usr");
  fs::create_directory_symlink(top_, top_ / "loop");
  EXPECT_EQ(measure_scratch(top_, 0).inodes, 2U);
}

TEST_F(ScratchUsageTest, SecondNameOfAFileAddsNoBytes) {
  file("one", 2 * kMiB);
  for (int i = 0; i < 50; ++i) fs::create_hard_link(top_ / "one", top_ / std::to_string(i));
  const auto usage = measure_scratch(top_, 0);
  EXPECT_EQ(usage.inodes, 51U);
  EXPECT_LT(usage.bytes, 3 * kMiB);
}

TEST_F(ScratchUsageTest, SparseFileCountsForWhatItHolds) {
  file("sparse", 1);
  fs::resize_file(top_ / "sparse", 10 * kScratchBytesMax);
  EXPECT_EQ(measure_scratch(top_, 0).excess(), ScratchExcess::none);
}

TEST_F(ScratchUsageTest, TooManyFilesPassTheLimitOfInodes) {
  for (std::uint64_t i = 0; i <= kScratchInodesMax; ++i) {
    const UniqueFd made(::open((top_ / std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0600));
    ASSERT_TRUE(made.valid());
  }
  EXPECT_EQ(measure_scratch(top_, 0).excess(), ScratchExcess::inodes);
}

TEST_F(ScratchUsageTest, DepthWithoutEndPassesTheLimitOfInodes) {
  fs::path path = top_;
  for (std::size_t i = 0; i <= kScratchDepthMax; ++i) path /= "d";
  fs::create_directories(path);
  EXPECT_EQ(measure_scratch(top_, 0).excess(), ScratchExcess::inodes);
}

TEST_F(ScratchUsageTest, DeletedFileThatIsStillOpenCounts) {
  const UniqueFd held(::open((top_ / "gone").c_str(), O_CREAT | O_RDWR, 0600));
  ASSERT_TRUE(held.valid());
  fs::remove(top_ / "gone");
  const std::string text(3 * kMiB, 'x');
  ASSERT_EQ(::write(held.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ::fsync(held.get());
  EXPECT_EQ(measure_scratch(top_, 0).bytes, 0U);
  EXPECT_GE(measure_scratch(top_, ::getpid()).bytes, 3 * kMiB);
}

TEST(ScratchUsage, SaysWhichLimitIsPassed) {
  EXPECT_EQ((ScratchUsage{kScratchBytesMax, kScratchInodesMax}.excess()), ScratchExcess::none);
  EXPECT_EQ((ScratchUsage{kScratchBytesMax + 1, 0}.excess()), ScratchExcess::bytes);
  EXPECT_EQ((ScratchUsage{0, kScratchInodesMax + 1}.excess()), ScratchExcess::inodes);
}

}  // namespace
}  // namespace forkjail::supervisor
