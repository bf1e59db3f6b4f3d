#include "server/run/length_watch.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;

struct Hold final : CellHold {
  [[nodiscard]] Cell& cell() const override { std::abort(); }
  void end_run() override {}
  void run_lasts() override { ++lasts; }
  void run_waits() override { ++waits; }
  void long_run_over() override { ++over; }
  void limit_memory(std::uint64_t) override {}

  int lasts = 0;
  int waits = 0;
  int over = 0;
};

class LengthWatchTest : public testing::Test {
 protected:
  // All looks until so much time has passed, each with what the run has used by then.
  void pass(Clock::duration duration, std::optional<std::chrono::microseconds> cpu_time) {
    while (watch.next() <= began + duration) watch.look(watch.next(), cpu_time);
  }

  Hold hold;
  LastingRuns lasting;
  LengthWatch watch{hold, &lasting};
  Clock::time_point began = Clock::now();
};

TEST_F(LengthWatchTest, TellsOnceThatARunLastsAndThatItIsOver) {
  watch.begin(began);
  EXPECT_EQ(watch.next(), began + LengthWatch::kShortRunTimeMax);
  EXPECT_FALSE(lasting.any());
  pass(1s, 0us);
  EXPECT_EQ(hold.lasts, 1);
  EXPECT_TRUE(lasting.any());
  watch.end();
  EXPECT_EQ(hold.over, 1);
}

TEST_F(LengthWatchTest, TellsNothingOfAShortRun) {
  watch.begin(began);
  pass(49ms, 0us);
  watch.end();
  EXPECT_EQ(hold.lasts + hold.waits + hold.over, 0);
}

TEST_F(LengthWatchTest, LooksSixTimesWhetherAShortRunWaitsBesideOthers) {
  const LastingRuns::Mark other(lasting);
  watch.begin(began);
  EXPECT_EQ(watch.next(), began + 1ms);
  pass(49ms, 0us);
  EXPECT_EQ(hold.waits, 6) << "after 1, 2, 4 ... 32 ms";
  pass(1s, 0us);
  EXPECT_EQ(hold.waits, 6);
  EXPECT_EQ(hold.lasts, 1);
}

TEST_F(LengthWatchTest, TakesARunThatComputesForOneThatDoesNotWait) {
  const LastingRuns::Mark other(lasting);
  watch.begin(began);
  watch.look(began + 1ms, 501us);
  EXPECT_EQ(hold.waits, 0);
  watch.look(began + 2ms, 1'500us);
  EXPECT_EQ(hold.waits, 1);
}

TEST_F(LengthWatchTest, TakesARunWithoutAClockForOneThatMayWait) {
  const LastingRuns::Mark other(lasting);
  watch.begin(began);
  watch.look(began + 1ms, std::nullopt);
  EXPECT_EQ(hold.waits, 1);
}

}  // namespace
}  // namespace forkjail::server
