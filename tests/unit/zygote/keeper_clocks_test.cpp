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
using testing::Not;

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
  keeper.on_go_to(1, 0, now);
  is_dead(kFirst);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::at);
  EXPECT_EQ(kernel.reports.back().state, 1U);
}

TEST_F(KeeperTest, KillsARunThatHasUsedItsCpuTimeAndReportsIt) {
  keep(kFirst, 3);
  run(1, 2);
  kernel.used = 999ms;
  now += 500ms;
  keeper.on_time(now);
  EXPECT_THAT(kernel.killed, IsEmpty());
  kernel.used = 1s;
  now += 5ms;
  keeper.on_time(now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  keeper.on_child_ended(kFirst, {SIGKILL, 1s}, now);
  EXPECT_EQ(kernel.reports.back().end, RunEnd::cpu_time);
}

TEST_F(KeeperTest, GoesBackWhenAnIdleHeadUsesCpuTime) {
  keep(kFirst, 3);
  kernel.used += IdleCpu::kCredit.burst + 1ms;
  wait_for_next_look();
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
  now += Keeper::kForkCpuMax / 2;
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
  now += Keeper::kForkCpuMax / 2;
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

TEST_F(KeeperTest, MakesAHeadThatUsedCpuTimeAgainForTheNextRun) {
  keep(kFirst, 3);
  const auto copy_waits = call_ - 1;
  kernel.used += IdleCpu::kCredit.burst + 1ms;
  wait_for_next_look();
  is_dead(kFirst);
  EXPECT_FALSE(kernel.orders.contains(copy_waits)) << "nobody holds a right to run for it";
  run(1, 2);
  EXPECT_EQ(kernel.orders[copy_waits], StateOrder::revive);
}

TEST_F(KeeperTest, EndsAKeptStateThatComputes) {
  keep(kFirst, 3);
  run(1, 2);
  keep(kFirst, 4);
  kernel.sleepers_used[3] = IdleCpu::kCredit.burst;
  wait_for_next_look();
  EXPECT_THAT(kernel.killed, ElementsAre(3));
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::state_lost);
  EXPECT_EQ(kernel.reports.back().state, 1U);
  EXPECT_EQ(keeper.kept(), 1U);
}

TEST_F(KeeperTest, EndsAKeptStateThatComputesWhileAnotherOneRuns) {
  keep(kFirst, 3);
  run(1, 2);
  kernel.sleepers_used[3] = IdleCpu::kCredit.burst;
  wait_for_next_look();
  EXPECT_THAT(kernel.killed, ElementsAre(3));
}

TEST_F(KeeperTest, LooksAtKeptStatesAlsoWhereRunsFollowEachOtherSoon) {
  keep(kFirst, 3);
  protocol::StateId state = 1;
  while (kernel.killed.empty() && state < 100) {
    kernel.sleepers_used[3] += 20ms;
    now += 20ms;
    run(state, state + 1);
    ++state;
    keep(kFirst, static_cast<pid_t>(100 + state));
    if (keeper.next_time() <= now) keeper.on_time(now);
  }
  EXPECT_THAT(kernel.killed, ElementsAre(3));
  EXPECT_LT(state, 20U);
}

TEST_F(KeeperTest, LooksForThreadsBeforeItReportsThatItIsIdleOnceTheyHaveUsedWhatTheyMay) {
  keep(kFirst, 3);
  kernel.used += IdleCpu::kCredit.burst * 2;
  run(1, 2);  // goes back
  is_dead(kFirst);
  kernel.reports.clear();
  clones(3, kReviveFlags);
  waits(5);
  waits(3);
  keep(5, 4);
  EXPECT_THAT(kernel.told(), Not(Contains(KeeperReportVerb::idle)));
  wait_for_next_look();
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::idle);
  EXPECT_EQ(kernel.reports.back().run, 1U);
}

}  // namespace
}  // namespace forkjail::zygote
