// Real trees and real children; what a child does is the test's where it has to fail.
#include "supervisor/scratch_removals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "supervisor/tree_removal.h"
#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;
using Clock = ScratchRemovals::Clock;
using Reaped = ScratchRemovals::Reaped;

// What is logged while it lives.
class LogText {
 public:
  LogText() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_st>(stream_)));
  }
  LogText(const LogText&) = delete;
  LogText& operator=(const LogText&) = delete;
  ~LogText() { spdlog::set_default_logger(before_); }

  [[nodiscard]] std::string text() const { return stream_.str(); }

 private:
  std::ostringstream stream_;
  std::shared_ptr<spdlog::logger> before_;
};

class ScratchRemovalsTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  static constexpr std::size_t kWaitingMax = 6;

  void SetUp() override { base_ = temporary_.path(); }

  std::unique_ptr<ScratchRemovals> make(ScratchRemovals::RemoveTree remove = remove_tree) const {
    return ScratchRemovals::make(base_, kWaitingMax, std::move(remove)).value();
  }

  // The only directory in the base that is not one of the trees.
  [[nodiscard]] fs::path place() const {
    for (const auto& entry : fs::directory_iterator(base_)) {
      if (entry.path().filename().string().starts_with("removed-")) return entry.path();
    }
    return {};
  }

  [[nodiscard]] fs::path tree(const std::string& name) const {
    fs::create_directories(base_ / name / "work");
    std::ofstream(base_ / name / "work/file") << "secret";
    return base_ / name;
  }

  // Waits for one child of this process and tells.
  static Reaped reap(ScratchRemovals& removals, Clock::time_point now) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, 0);
    return pid < 0 ? Reaped::not_ours : removals.reaped(pid, status, now);
  }

  fs::path base_;
};

TEST_F(ScratchRemovalsTest, TreeIsOutOfReachAtOnce) {
  const auto removals = make();
  const auto path = tree("1000");
  ASSERT_TRUE(removals->take(path).ok());
  EXPECT_FALSE(fs::exists(path));
  struct stat found{};
  ASSERT_EQ(::stat(place().c_str(), &found), 0);
  EXPECT_EQ(found.st_uid, ::geteuid());
  EXPECT_EQ(found.st_mode & 07777, 0700U);
  EXPECT_EQ(removals->waiting(), 1U);
}

TEST_F(ScratchRemovalsTest, PlaceCannotBeGuessed) {
  const auto one = make();
  const std::string first = place();
  fs::remove(first);
  const auto other = make();
  EXPECT_NE(first, place().string());
  EXPECT_EQ(place().filename().string().size(), std::string("removed-").size() + 32);
}

TEST_F(ScratchRemovalsTest, ChildRemovesIt) {
  const auto removals = make();
  ASSERT_TRUE(removals->take(tree("1000")).ok());
  removals->begin(Clock::now());
  EXPECT_EQ(reap(*removals, Clock::now()), Reaped::removed);
  EXPECT_EQ(removals->waiting(), 0U);
  EXPECT_TRUE(fs::is_empty(place()));
}

TEST_F(ScratchRemovalsTest, WhatWaitsAndTheChildrenAreBounded) {
  const auto removals = make();
  for (std::size_t i = 0; i < kWaitingMax; ++i) {
    ASSERT_TRUE(removals->take(tree(std::to_string(i))).ok());
  }
  const auto one_more = tree("more");
  const auto refused = removals->take(one_more);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().sys_errno, ENOBUFS);
  EXPECT_TRUE(fs::exists(one_more));

  removals->begin(Clock::now());
  const auto children = ScratchRemovals::effort(kWaitingMax, kWaitingMax).children;
  for (std::size_t i = 0; i < children; ++i) {
    EXPECT_EQ(reap(*removals, Clock::now()), Reaped::removed);
  }
  EXPECT_EQ(reap(*removals, Clock::now()), Reaped::not_ours);  // there were no more
  EXPECT_TRUE(removals->take(one_more).ok());
}

TEST_F(ScratchRemovalsTest, LeftoversAreTakenBeyondTheBound) {
  const auto removals = make();
  for (std::size_t i = 0; i <= kWaitingMax; ++i) {
    EXPECT_TRUE(removals->take_leftover(tree(std::to_string(i))).ok());
  }
}

TEST_F(ScratchRemovalsTest, FailureIsReportedAndTriedAgainAfterAPause) {
  const fs::path done = base_ / "done";
  const auto removals = make([done](int, const std::string&) -> Status {
    if (fs::exists(done)) return ok_status();
    return Error{"unlink", EROFS, {}};
  });
  ASSERT_TRUE(removals->take(tree("1000")).ok());
  auto now = Clock::now();
  removals->begin(now);
  const LogText log;
  EXPECT_EQ(reap(*removals, now), Reaped::failed);
  EXPECT_NE(log.text().find("Read-only file system"), std::string::npos) << log.text();
  EXPECT_EQ(removals->waiting(), 1U);

  removals->begin(now);
  EXPECT_EQ(reap(*removals, now), Reaped::not_ours);  // the pause is not over
  std::ofstream(done) << "x";
  now += ScratchRemovals::kFirstPause;
  removals->begin(now);
  EXPECT_EQ(reap(*removals, now), Reaped::removed);
  EXPECT_EQ(removals->waiting(), 0U);
}

TEST_F(ScratchRemovalsTest, ChildThatIsKilledHasFailed) {
  const auto removals = make([](int, const std::string&) -> Status { ::abort(); });
  ASSERT_TRUE(removals->take(tree("1000")).ok());
  removals->begin(Clock::now());
  EXPECT_EQ(reap(*removals, Clock::now()), Reaped::failed);
}

TEST_F(ScratchRemovalsTest, ChildHoldsNothingOfTheSupervisors) {
  const UniqueFd held(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = held.get();
  const auto removals = make([number](int, const std::string&) -> Status {
    if (number > 3 && ::fcntl(number, F_GETFD) >= 0) return Error{"still open", EBUSY, {}};
    return ok_status();
  });
  ASSERT_TRUE(removals->take(tree("1000")).ok());
  removals->begin(Clock::now());
  EXPECT_EQ(reap(*removals, Clock::now()), Reaped::removed);
}

TEST_F(ScratchRemovalsTest, OtherChildrenAreNotItsOwn) {
  const auto removals = make();
  EXPECT_EQ(removals->reaped(1, 0, Clock::now()), Reaped::not_ours);
}

TEST(ScratchRemovals, DoesMoreTheMoreWaits) {
  using Effort = ScratchRemovals::Effort;
  EXPECT_EQ(ScratchRemovals::effort(1, 20), (Effort{1, 5}));
  EXPECT_EQ(ScratchRemovals::effort(5, 20), (Effort{1, 5}));
  EXPECT_EQ(ScratchRemovals::effort(6, 20), (Effort{2, 0}));
  EXPECT_EQ(ScratchRemovals::effort(10, 20), (Effort{2, 0}));
  EXPECT_EQ(ScratchRemovals::effort(11, 20), (Effort{4, 0}));
  EXPECT_EQ(ScratchRemovals::effort(1, 1), (Effort{4, 0}));
}

}  // namespace
}  // namespace forkjail::supervisor
