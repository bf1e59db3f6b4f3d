// Plain directories stand in for groups: what is written and what is removed is the same.
#include "supervisor/cgroup_cleaner.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;

class CgroupCleanerTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  void SetUp() override {
    root_ = temporary_.path();
    cleaner_.emplace();
  }
  void TearDown() override { cleaner_.reset(); }

  // A group whose emptying lasts until end_emptying(): its file is a FIFO that nobody reads.
  void take(const std::string& name) {
    std::vector<CgroupDirectory> directories;
    directories.push_back(*CgroupDirectory::make(root_ / name));
    const fs::path file = root_ / (name + ".emptying");
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    cleaner_->take(file, std::move(directories));
  }

  // Reads what one child writes, and reaps it.
  std::string end_emptying(const std::string& name) {
    const fs::path file = root_ / (name + ".emptying");
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    char byte = 0;
    const bool written = ::read(fd, &byte, 1) == 1;
    ::close(fd);
    cleaner_->reaped(::waitpid(-1, nullptr, 0));
    return written ? std::string(1, byte) : "";
  }

  [[nodiscard]] bool is_there(const std::string& name) const { return fs::exists(root_ / name); }

  fs::path root_;
  std::optional<CgroupCleaner> cleaner_;
};

TEST_F(CgroupCleanerTest, EmptiesAGroupBeforeItRemovesIt) {
  take("group");
  EXPECT_TRUE(is_there("group"));
  EXPECT_EQ(end_emptying("group"), "0");
  EXPECT_FALSE(is_there("group"));
  EXPECT_EQ(cleaner_->held(), 0U);
}

TEST_F(CgroupCleanerTest, EmptiesAFewAtOnceAndTheOthersAfterThem) {
  for (std::size_t i = 0; i <= CgroupCleaner::kAtOnceMax; ++i) take(std::to_string(i));
  EXPECT_EQ(cleaner_->held(), CgroupCleaner::kAtOnceMax + 1);
  for (std::size_t i = 0; i <= CgroupCleaner::kAtOnceMax; ++i) {
    EXPECT_EQ(end_emptying(std::to_string(i)), "0") << i;
    EXPECT_FALSE(is_there(std::to_string(i))) << i;
  }
  EXPECT_EQ(cleaner_->held(), 0U);
}

TEST_F(CgroupCleanerTest, RemovesAsTheyAreWhatIsTooMany) {
  const std::size_t most = CgroupCleaner::kAtOnceMax + CgroupCleaner::kWaitingMax;
  for (std::size_t i = 0; i < most; ++i) take(std::to_string(i));
  take("one more");
  EXPECT_EQ(cleaner_->held(), most);
  EXPECT_FALSE(is_there("one more"));
}

TEST_F(CgroupCleanerTest, LeavesNothingWhenItGoes) {
  take("a");
  take("b");
  cleaner_.reset();
  EXPECT_FALSE(is_there("a"));
  EXPECT_FALSE(is_there("b"));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // no child either
}

TEST_F(CgroupCleanerTest, TakesNoOtherChildForItsOwn) {
  take("group");
  cleaner_->reaped(1);
  cleaner_->reaped(-1);
  EXPECT_EQ(cleaner_->held(), 1U);
}

}  // namespace
}  // namespace forkjail::supervisor
