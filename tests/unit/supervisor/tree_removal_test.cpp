// Real trees, as hostile scripts would leave them.
#include "supervisor/tree_removal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/unique_fd.h"
#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;

class TreeRemovalTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  void SetUp() override {
    top_ = temporary_.path();
    fd_ = UniqueFd(::open(temporary_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    fs::create_directory(top_ / "tree");
  }

  void expect_all_gone() const {
    const auto status = remove_tree(fd_.get(), "tree");
    EXPECT_TRUE(status.ok()) << status.error().to_string();
    EXPECT_TRUE(fs::is_empty(top_));
  }

  fs::path top_;
  UniqueFd fd_;
};

// So many directories within each other, without a path that would be too long.
void make_chain(int at, int depth) {
  UniqueFd here(::dup(at));
  for (int i = 0; i < depth; ++i) {
    ASSERT_EQ(::mkdirat(here.get(), "d", 0700), 0);
    here.reset(::openat(here.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(here.valid());
  }
}

// Runs it in a child with a limit of this many descriptors; its exit status.
template <typename Function>
int with_descriptor_limit(rlim_t limit, Function function) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const rlimit lower{limit, limit};
    ::_exit(::setrlimit(RLIMIT_NOFILE, &lower) == 0 ? function() : 99);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WEXITSTATUS(status);
}

TEST_F(TreeRemovalTest, RemovesFilesDirectoriesAndLinks) {
  fs::create_directories(top_ / "tree/a/b/c");
  std::ofstream(top_ / "tree/a/file") << "x";
  std::ofstream(top_ / "tree/a/b/file") << "x";
  ASSERT_EQ(::mkfifo((top_ / "tree/fifo").c_str(), 0600), 0);
  fs::create_symlink("nowhere", top_ / "tree/a/dangling");
  expect_all_gone();
}

TEST_F(TreeRemovalTest, FollowsNoLink) {
  std::string outside = ::testing::TempDir() + "forkjail-outside-XXXXXX";
  ASSERT_NE(::mkdtemp(outside.data()), nullptr);
  std::ofstream(fs::path(outside) / "kept") << "x";
  fs::create_directory_symlink(outside, top_ / "tree/link");
  expect_all_gone();
  EXPECT_TRUE(fs::exists(fs::path(outside) / "kept"));
  fs::remove_all(outside);
}

TEST_F(TreeRemovalTest, DepthNeedsNoDescriptors) {
  const UniqueFd tree(::openat(fd_.get(), "tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  make_chain(tree.get(), 500);
  const int top = fd_.get();
  EXPECT_EQ(with_descriptor_limit(64, [top] { return remove_tree(top, "tree").ok() ? 0 : 1; }), 0);
  EXPECT_TRUE(fs::is_empty(top_));
}

TEST_F(TreeRemovalTest, ManyBranchesBelowTheOpenLevelsGoToo) {
  fs::path deep = top_ / "tree";
  for (std::size_t i = 0; i < kOpenLevelsMax; ++i) deep /= "d";
  for (int i = 0; i < 50; ++i) fs::create_directories(deep / std::to_string(i) / "e/f/g");
  expect_all_gone();
}

TEST_F(TreeRemovalTest, NamesOfTheScriptDoNotMeetThoseOfMovedParts) {
  fs::path deep = top_ / "tree";
  for (std::size_t i = 0; i < kOpenLevelsMax; ++i) deep /= "tree.1";
  fs::create_directories(deep / "tree.1/x");
  fs::create_directories(deep / "tree.2/y");
  expect_all_gone();
}

TEST_F(TreeRemovalTest, ModesDoNotMatter) {
  fs::create_directories(top_ / "tree/closed/inner");
  std::ofstream(top_ / "tree/closed/inner/file") << "x";
  fs::create_directories(top_ / "tree/readonly");
  std::ofstream(top_ / "tree/readonly/file") << "x";
  ::chmod((top_ / "tree/closed/inner").c_str(), 0);
  ::chmod((top_ / "tree/closed").c_str(), 0);
  ::chmod((top_ / "tree/readonly").c_str(), 0500);
  expect_all_gone();
}

// As an ordinary user, for whom modes hold; only root can become one here.
TEST_F(TreeRemovalTest, ModesDoNotMatterToAnOrdinaryUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "the test before this one is the same";
  constexpr uid_t kUser = 54'321;
  fs::path deep = top_ / "tree";
  for (std::size_t i = 0; i <= kOpenLevelsMax; ++i) deep /= "d";
  fs::create_directories(deep / "e");
  std::ofstream(deep / "e/file") << "x";
  for (fs::path path = deep / "e"; path != top_; path = path.parent_path()) {
    ASSERT_EQ(::chown(path.c_str(), kUser, kUser), 0);
    ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  }
  ASSERT_EQ(::chown(top_.c_str(), kUser, kUser), 0);
  const int top = fd_.get();
  EXPECT_EQ(with_descriptor_limit(64,
                                  [top] {
                                    if (::setresuid(kUser, kUser, kUser) != 0) return 2;
                                    return remove_tree(top, "tree").ok() ? 0 : 1;
                                  }),
            0);
  EXPECT_TRUE(fs::is_empty(top_));
}

TEST_F(TreeRemovalTest, TakesUpWhatAnEarlierAttemptMovedUp) {
  fs::create_directories(top_ / "tree.7/left");
  fs::create_directories(top_ / "tree.12");
  fs::create_directories(top_ / "tree2/another");
  EXPECT_TRUE(remove_tree(fd_.get(), "tree").ok());
  EXPECT_TRUE(fs::exists(top_ / "tree2/another"));
  EXPECT_FALSE(fs::exists(top_ / "tree.7"));
  EXPECT_FALSE(fs::exists(top_ / "tree.12"));
}

TEST_F(TreeRemovalTest, WhatIsGoneAlreadyIsNoError) {
  fs::remove(top_ / "tree");
  expect_all_gone();
}

TEST_F(TreeRemovalTest, ReportsWhatFailedAndRemovesTheRest) {
  fs::remove(top_ / "tree");
  std::ofstream(top_ / "tree") << "not a directory";
  const auto status = remove_tree(fd_.get(), "tree");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().sys_errno, ENOTDIR);
}

}  // namespace
}  // namespace forkjail::supervisor
