// The bases of a live service, a dead one and a stranger, side by side.
#include "supervisor/scratch_directories.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "base/unique_fd.h"
#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;

class ScratchDirectoriesTest : public ::testing::TestWithParam<JailKind> {
 protected:
  TemporaryDirectory temporary_;

  static constexpr uid_t kUid = 1'000;

  void SetUp() override {
    top_ = temporary_.path();
    fs::create_directory(bases());
    config_.guest_root = temporary_.path();
    config_.scratch_directory = temporary_.path().string() + "/cells";
    config_.cells_max = 4;
  }
  void TearDown() override {
    while (::waitpid(-1, nullptr, 0) > 0) {
    }
  }

  [[nodiscard]] fs::path bases() const { return top_ / "cells"; }
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(bases())) found.insert(entry.path().filename());
    return found;
  }
  [[nodiscard]] std::unique_ptr<ScratchDirectories> make() const {
    return ScratchDirectories::make(config_, GetParam()).value();
  }
  // As a service with this pid would have named it.
  [[nodiscard]] fs::path base_of(int pid) const {
    const bool chroot = GetParam() == JailKind::chroot;
    return bases() / ((chroot ? "" : "forkjail-cells-") + std::to_string(pid) + "-aB3dE6");
  }
  void wait_for_children(ScratchDirectories& scratch) const {
    scratch.removals().begin(ScratchRemovals::Clock::now());
    for (int status = 0;;) {
      const pid_t pid = ::waitpid(-1, &status, 0);
      if (pid <= 0) return;
      scratch.removals().reaped(pid, status, ScratchRemovals::Clock::now());
      scratch.removals().begin(ScratchRemovals::Clock::now());
    }
  }

  fs::path top_;
  Config config_;
};

TEST_P(ScratchDirectoriesTest, DirectoryOfACellIsItsOwn) {
  const auto scratch = make();
  ASSERT_TRUE(scratch->add(kUid, ::geteuid() == 0).ok());
  struct stat found{};
  ASSERT_EQ(::stat(scratch->directory_of(kUid).c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0700U);
  EXPECT_EQ(found.st_uid, ::geteuid() == 0 ? kUid : ::geteuid());
}

TEST_P(ScratchDirectoriesTest, NextCellFindsNothingOfTheOneBefore) {
  const auto scratch = make();
  ASSERT_TRUE(scratch->add(kUid, false).ok());
  std::ofstream(scratch->directory_of(kUid) + "/file") << "secret";
  ASSERT_TRUE(scratch->remove(kUid).ok());
  ASSERT_TRUE(scratch->add(kUid, false).ok());
  EXPECT_TRUE(fs::is_empty(scratch->directory_of(kUid)));
}

TEST_P(ScratchDirectoriesTest, OneThatIsLeftAsMadeNeedsNoChild) {
  const auto scratch = make();
  ASSERT_TRUE(scratch->add(kUid, false).ok());
  fs::create_directory(scratch->directory_of(kUid) + "/work");
  fs::create_directory(scratch->directory_of(kUid) + "/tmp");
  ASSERT_TRUE(scratch->remove(kUid).ok());
  EXPECT_EQ(scratch->removals().waiting(), 0U);
  EXPECT_FALSE(fs::exists(scratch->directory_of(kUid)));
}

TEST_P(ScratchDirectoriesTest, LinkInPlaceOfADirectoryIsNotFollowed) {
  const auto scratch = make();
  fs::create_directory(top_ / "outside");
  ASSERT_TRUE(scratch->add(kUid, false).ok());
  fs::create_directory_symlink(top_ / "outside", scratch->directory_of(kUid) + "/work");
  ASSERT_TRUE(scratch->remove(kUid).ok());
  wait_for_children(*scratch);
  EXPECT_TRUE(fs::exists(top_ / "outside"));
  EXPECT_FALSE(fs::exists(scratch->directory_of(kUid)));
}

TEST_P(ScratchDirectoriesTest, SlotKeepsItsFilesWhileTooManyWait) {
  const auto scratch = make();
  for (uid_t uid = 0; uid <= config_.cells_max; ++uid) {
    ASSERT_TRUE(scratch->add(kUid + uid, false).ok());
    std::ofstream(scratch->directory_of(kUid + uid) + "/file") << "x";
    const auto removed = scratch->remove(kUid + uid);
    EXPECT_EQ(removed.ok(), uid < config_.cells_max);
  }
  wait_for_children(*scratch);
  EXPECT_TRUE(scratch->remove(kUid + config_.cells_max).ok());
}

TEST_P(ScratchDirectoriesTest, BaseOfADeadServiceIsSwept) {
  fs::create_directories(base_of(4'000'000) / "1000/work");
  std::ofstream(base_of(4'000'000) / "1000/work/file") << "x";
  const auto scratch = make();
  EXPECT_FALSE(fs::exists(base_of(4'000'000)));
  wait_for_children(*scratch);
  EXPECT_EQ(names().size(), 1U);
  EXPECT_EQ(scratch->removals().waiting(), 0U);
}

TEST_P(ScratchDirectoriesTest, BaseOfALiveServiceStays) {
  fs::create_directories(base_of(::getpid()) / "1000");
  const UniqueFd lock(::open(base_of(::getpid()).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  const auto first = make();
  const auto second = make();
  EXPECT_TRUE(fs::exists(base_of(::getpid()) / "1000"));
  EXPECT_EQ(names().size(), 3U);
}

TEST_P(ScratchDirectoriesTest, WhatOthersKeepThereStays) {
  for (const char* name :
       {"forkjail-sources", "forkjail-cells", "12-short", "12-tooLong9", "notes"})
    fs::create_directory(bases() / name);
  std::ofstream(base_of(4'000'000)) << "a file";
  const auto scratch = make();
  EXPECT_EQ(names().size(), 7U);
}

TEST_P(ScratchDirectoriesTest, BaseGoesWithItsOwner) {
  {
    const auto scratch = make();
    ASSERT_TRUE(scratch->add(kUid, false).ok());
    fs::create_directories(scratch->directory_of(kUid) + "/a/b");
    ASSERT_TRUE(scratch->add(kUid + 1, false).ok());
    ASSERT_TRUE(scratch->remove(kUid + 1).ok());
  }
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
  EXPECT_TRUE(names().empty());
}

INSTANTIATE_TEST_SUITE_P(InEachPlace, ScratchDirectoriesTest,
                         ::testing::Values(JailKind::chroot, JailKind::open));

}  // namespace
}  // namespace forkjail::supervisor
