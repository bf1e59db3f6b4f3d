// Real directories, as a script would leave them.
#include "supervisor/scratch_usage.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "base/limits.h"
#include "base/unique_fd.h"
#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;
using protocol::ScratchExcess;

class ScratchUsageTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  void SetUp() override { top_ = temporary_.path(); }

  void file(const fs::path& name, std::size_t bytes) const {
    std::ofstream(top_ / name) << std::string(bytes, 'x');
    ::sync();  // some file systems allocate late
  }

  fs::path top_;
};

// In one piece.
ScratchUsage measure_scratch(const fs::path& directory, pid_t pid) {
  ScratchLook look(directory, pid);
  EXPECT_TRUE(look.go_on(1'000'000));
  return look.usage();
}

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

TEST_F(ScratchUsageTest, LookGoesOnWhereItPaused) {
  for (int i = 0; i < 20; ++i) file(std::to_string(i), 1);
  ScratchLook look(top_, 0);
  int pieces = 1;
  while (!look.go_on(5)) ++pieces;
  EXPECT_EQ(look.usage().inodes, 20U);
  EXPECT_GE(pieces, 4);
}

TEST_F(ScratchUsageTest, DirectoryThatCannotBeOpenedIsSaid) {
  fs::create_directory(top_ / "a");
  ScratchLook look(top_, 0);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{0, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  EXPECT_TRUE(look.go_on(100));
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(look.usage().unseen_errno, EMFILE);
}

class ScratchStampTest : public ScratchUsageTest {
 protected:
  void SetUp() override {
    ScratchUsageTest::SetUp();
    fs::create_directory(top_ / "work");
    fs::create_directory(top_ / "tmp");
  }

  // Files are stamped by a clock that an idle kernel moves on late, so a fixed pause is too short
  // now and then. None where the directories do not become trusted within two seconds.
  std::optional<ScratchStamp> settled_stamp() const {
    for (int i = 0; i < 100; ++i) {
      if (const auto stamp = stamp_of_empty_scratch(top_)) return stamp;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return std::nullopt;
  }
};

TEST_F(ScratchStampTest, StaysWhileNothingIsMade) {
  const auto stamp = settled_stamp();
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp_of_scratch(top_), stamp);
}

TEST_F(ScratchStampTest, ChangesWithEveryName) {
  const auto stamp = settled_stamp();
  ASSERT_TRUE(stamp);
  for (const char* name : {"file", "work/file", "tmp/file"}) {
    const auto before = stamp_of_scratch(top_);
    file(name, 1);
    EXPECT_NE(stamp_of_scratch(top_), before) << name;
    EXPECT_FALSE(stamp_of_empty_scratch(top_)) << name;
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    fs::remove(top_ / name);
    EXPECT_NE(stamp_of_scratch(top_), stamp) << name << " that is gone again";
  }
}

TEST_F(ScratchStampTest, IsNotTrustedBeforeTheClockOfFilesMovedOn) {
  file("work/file", 1);
  fs::remove(top_ / "work/file");
  EXPECT_FALSE(stamp_of_empty_scratch(top_));
  EXPECT_TRUE(settled_stamp());
}

TEST_F(ScratchStampTest, NeedsTheThreeDirectories) {
  fs::rename(top_ / "work", top_ / "tmp/work");
  EXPECT_FALSE(stamp_of_scratch(top_));
  fs::create_directory_symlink("tmp/work", top_ / "work");
  EXPECT_FALSE(stamp_of_scratch(top_));
}

TEST(ScratchUsage, ReportsWhichLimitIsPassed) {
  EXPECT_EQ((ScratchUsage{kScratchBytesMax, kScratchInodesMax}.excess()), ScratchExcess::none);
  EXPECT_EQ((ScratchUsage{kScratchBytesMax + 1, 0}.excess()), ScratchExcess::bytes);
  EXPECT_EQ((ScratchUsage{0, kScratchInodesMax + 1}.excess()), ScratchExcess::inodes);
}

}  // namespace
}  // namespace forkjail::supervisor
