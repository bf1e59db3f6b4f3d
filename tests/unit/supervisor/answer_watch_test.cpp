#include "supervisor/answer_watch.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace forkjail::supervisor {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(AttendedClock, CountsWhatItSawAndNoLongGap) {
  const AttendedClock::Clock::time_point start{};
  AttendedClock clock(start, seconds(1));
  clock.look(start + milliseconds(300));
  EXPECT_EQ(clock.passed(), milliseconds(300));
  clock.look(start + hours(1));
  EXPECT_EQ(clock.passed(), milliseconds(1'300));
  clock.look(start + hours(1) + milliseconds(200));
  EXPECT_EQ(clock.passed(), milliseconds(1'500));
}

TEST(AnswerWatch, CountsFromTheOrderUntilTheClone) {
  AnswerWatch watch;
  watch.start(seconds(100));
  EXPECT_EQ(watch.owed({}, seconds(100)), seconds(0));
  EXPECT_EQ(watch.owed({}, seconds(107)), seconds(7));
}

TEST(AnswerWatch, OwesNothingWhileTheCellLives) {
  AnswerWatch watch;
  watch.start({});
  EXPECT_EQ(watch.owed(CellProcess::by_number(::getpid()), hours(1)), seconds(0));
}

TEST(AnswerWatch, CountsFromWhenADeathWasSeen) {
  const pid_t child = ::fork();
  while (child == 0) ::pause();
  const auto cell =
      CellProcess::by_descriptor(UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0))));
  AnswerWatch watch;
  watch.start({});
  EXPECT_EQ(watch.owed(cell, seconds(50)), seconds(0));
  cell.kill();
  cell.wait_for_death(seconds(30));
  EXPECT_EQ(watch.owed(cell, seconds(100)), seconds(0));
  EXPECT_EQ(watch.owed(cell, seconds(104)), seconds(4));
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(watch.owed(cell, seconds(105)), seconds(5)) << "reaped is dead, too";
}

TEST(AnswerWatch, GivesMoreTimeToOneThatIsAtWork) {
  EXPECT_FALSE(hangs(seconds(2), false));
  EXPECT_TRUE(hangs(seconds(4), false));
  EXPECT_FALSE(hangs(seconds(4), true));
  EXPECT_TRUE(hangs(seconds(31), true));
}

}  // namespace
}  // namespace forkjail::supervisor
