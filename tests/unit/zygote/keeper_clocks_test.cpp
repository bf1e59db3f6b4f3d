// What the keeper does about processes that take too long or compute too much.
#include <gmock/gmock.h>

#include "keeper_fixture.h"

namespace forkjail::zygote {
namespace {

using namespace std::chrono_literals;
using protocol::KeeperReportVerb;
using protocol::RunEnd;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(KeeperTest, EndsTheSessionWhenACopyIsNotMadeInTime) {
  waits(kFirst);
  clones(kFirst);
  now += Keeper::kForkTimeMax;
  keeper.on_time(now);
  EXPECT_TRUE(kernel.ended);
}

TEST_F(KeeperTest, GoesBackWhereTheHeadDoesNotBeginItsCopyInTime) {
  keep(kFirst, 3);
  run(1, 2);
  waits(kFirst);  // and has the order to keep state 2
  now += Keeper::kForkTimeMax;
  keeper.on_time(now);
  EXPECT_FALSE(kernel.ended);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  EXPECT_THAT(kernel.told(), Contains(KeeperReportVerb::keep_failed));
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::went_back);
  keeper.on_go_to(1, now);
  is_dead(kFirst);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::at);
  EXPECT_EQ(kernel.reports.back().state, 1U);
}

TEST_F(KeeperTest, KillsARunThatHasUsedItsCpuTimeAndReportsIt) {
  keep(kFirst, 3);
  run(1, 2);
  kernel.used = 999ms;
  now = keeper.next_time();
  keeper.on_time(now);
  EXPECT_THAT(kernel.killed, IsEmpty());
  kernel.used = 1s;
  now = keeper.next_time();
  keeper.on_time(now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  keeper.on_child_ended(kFirst, {SIGKILL, 1s}, now);
  EXPECT_EQ(kernel.reports.back().end, RunEnd::cpu_time);
}

TEST_F(KeeperTest, GoesBackWhenAnIdleHeadUsesCpuTime) {
  keep(kFirst, 3);
  kernel.used += IdleCpu::kCredit.burst + 1ms;
  now = keeper.next_time();
  keeper.on_time(now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::went_back);
}

TEST_F(KeeperTest, StartsNoRunInAHeadThatUsedCpuTimeSinceTheLastOne) {
  keep(kFirst, 3);
  kernel.used += IdleCpu::kCredit.burst + 1ms;
  run(1, 2);  // before the first look
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::went_back);
  EXPECT_THAT(kernel.requests, IsEmpty());
  is_dead(kFirst);
  clones(3, kReviveFlags);
  waits(4);
  waits(3);
  EXPECT_EQ(kernel.requests.size(), 1U);
}

TEST_F(KeeperTest, GoesBackWhereTheHeadComputesWhileItMakesItsCopy) {
  keep(kFirst, 3);
  run(1, 2);
  waits(kFirst);  // and has the order to keep state 2
  kernel.used += Keeper::kForkCpuMax;
  now = keeper.next_time();
  EXPECT_LT(now, KeeperClock::time_point(Keeper::kForkTimeMax));
  keeper.on_time(now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::went_back);
  EXPECT_FALSE(kernel.ended);
}

TEST_F(KeeperTest, KeepsTheCopyOfAHeadThatComputesBehindIt) {
  keep(kFirst, 3);
  run(1, 2);
  waits(kFirst);
  clones(kFirst);
  waits(4);
  kernel.used += Keeper::kForkCpuMax;
  now = keeper.next_time();
  keeper.on_time(now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::went_back);
  EXPECT_EQ(kernel.reports.back().state, 2U);
  EXPECT_EQ(keeper.kept(), 2U);
}

TEST_F(KeeperTest, EndsAKeptStateThatDoesNotSleepAgainAfterItsClone) {
  keep(kFirst, 3);
  run(1, 2);
  keeper.on_child_ended(kFirst, {SIGSEGV, 0us}, now);
  clones(3, kReviveFlags);
  waits(4);
  now += Keeper::kForkTimeMax;
  keeper.on_time(now);
  EXPECT_THAT(kernel.killed, ElementsAre(3));
}

}  // namespace
}  // namespace forkjail::zygote
