// Real directories of a real process, looked at turn by turn.
#include "supervisor/scratch_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/limits.h"
#include "base/unique_fd.h"
#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;
using protocol::ScratchExcess;
using Subjects = std::vector<ScratchWatch::Subject>;

constexpr std::chrono::milliseconds kSettled{25};

// A process that does nothing, and its directory.
class FakeCell {
 public:
  explicit FakeCell(protocol::CellId id) : id_(id), pid_(::fork()) {
    if (pid_ == 0) {
      for (;;) ::pause();
    }
    process_ = CellProcess::by_number(pid_);
    fs::create_directory(directory_ / "work");
    fs::create_directory(directory_ / "tmp");
  }
  FakeCell(const FakeCell&) = delete;
  FakeCell& operator=(const FakeCell&) = delete;
  ~FakeCell() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] ScratchWatch::Subject subject() const { return {id_, directory_, &process_}; }
  void make_files(std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) {
      const UniqueFd made(::open((directory_ / "work" / std::to_string(i)).c_str(),
                                 O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    }
  }
  void make_large_file() const {
    const UniqueFd file(
        ::open((directory_ / "tmp/large").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ASSERT_EQ(::posix_fallocate(file.get(), 0, kScratchBytesMax + kMiB), 0);
  }
  // Since it was asked last, whether it stopped; and whether it went on.
  [[nodiscard]] bool has_stopped() const { return changed(WUNTRACED); }
  [[nodiscard]] bool went_on() const { return changed(WCONTINUED); }

 private:
  [[nodiscard]] bool changed(int options) const {
    for (int attempt = 0; attempt < 100; ++attempt) {
      if (::waitpid(pid_, nullptr, options | WNOHANG) == pid_) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

  protocol::CellId id_;
  pid_t pid_;
  CellProcess process_;
  TemporaryDirectory temporary_;
  fs::path directory_ = temporary_.path();
};

// Turns until a round is over or something was found; how many.
struct Seen {
  std::optional<ScratchWatch::Verdict> verdict;
  int turns = 0;
};
Seen look_round(ScratchWatch& watch, const Subjects& subjects) {
  Seen seen;
  const auto begin = ScratchWatch::Clock::now();
  do {
    seen.verdict = watch.turn(subjects);
    ++seen.turns;
  } while (!seen.verdict && watch.next_turn() < begin + ScratchWatch::kPause);
  return seen;
}

TEST(ScratchWatchTest, NewCellIsVisitedFromTheSecondRoundOn) {
  const FakeCell cell(1);
  cell.make_large_file();
  ScratchWatch watch;
  EXPECT_FALSE(look_round(watch, {cell.subject()}).verdict);
  const auto seen = look_round(watch, {cell.subject()});
  ASSERT_TRUE(seen.verdict);
  EXPECT_EQ(seen.verdict->cell, 1U);
  EXPECT_EQ(seen.verdict->excess, ScratchExcess::bytes);
}

TEST(ScratchWatchTest, CellWithoutFilesIsNeverStopped) {
  const FakeCell cell(1);
  std::this_thread::sleep_for(kSettled);
  ScratchWatch watch;
  for (int round = 0; round < 5; ++round) {
    EXPECT_FALSE(look_round(watch, {cell.subject()}).verdict);
  }
  EXPECT_FALSE(cell.has_stopped());
}

TEST(ScratchWatchTest, CellWithFilesIsStoppedForTheLookAndGoesOn) {
  const FakeCell cell(1);
  cell.make_files(10);
  ScratchWatch watch;
  look_round(watch, {cell.subject()});
  watch.turn({cell.subject()});
  EXPECT_TRUE(cell.has_stopped());
  EXPECT_FALSE(cell.went_on());
  EXPECT_FALSE(watch.turn({cell.subject()}));
  EXPECT_TRUE(cell.went_on());
}

TEST(ScratchWatchTest, FileThatComesLaterIsSeen) {
  const FakeCell cell(1);
  std::this_thread::sleep_for(kSettled);
  ScratchWatch watch;
  for (int round = 0; round < 3; ++round) look_round(watch, {cell.subject()});
  cell.make_large_file();
  const auto seen = look_round(watch, {cell.subject()});
  ASSERT_TRUE(seen.verdict);
  EXPECT_EQ(seen.verdict->excess, ScratchExcess::bytes);
}

TEST(ScratchWatchTest, LargeTreeTakesManyTurns) {
  const FakeCell cell(1);
  cell.make_files(5 * ScratchWatch::kEntriesPerTurn);
  ScratchWatch watch;
  look_round(watch, {cell.subject()});
  const auto seen = look_round(watch, {cell.subject()});
  EXPECT_FALSE(seen.verdict);
  EXPECT_GE(seen.turns, 5);
  EXPECT_LE(seen.turns, 10);
}

TEST(ScratchWatchTest, OneThatIsOverDoesNotHideAnother) {
  const FakeCell first(1);
  const FakeCell second(2);
  first.make_large_file();
  second.make_large_file();
  ScratchWatch watch;
  const Subjects both{first.subject(), second.subject()};
  look_round(watch, both);
  const auto one = look_round(watch, both);
  const auto other = look_round(watch, both);
  ASSERT_TRUE(one.verdict && other.verdict);
  EXPECT_EQ(one.verdict->cell, 1U);
  EXPECT_EQ(other.verdict->cell, 2U);
}

TEST(ScratchWatchTest, CellThatEndsDuringItsLookIsForgotten) {
  const FakeCell cell(1);
  cell.make_files(2 * ScratchWatch::kEntriesPerTurn);
  const FakeCell other(2);
  ScratchWatch watch;
  look_round(watch, {cell.subject(), other.subject()});
  watch.turn({cell.subject(), other.subject()});
  watch.turn({cell.subject(), other.subject()});
  EXPECT_FALSE(watch.turn({other.subject()}));
  EXPECT_FALSE(look_round(watch, {other.subject()}).verdict);
}

}  // namespace
}  // namespace forkjail::supervisor
