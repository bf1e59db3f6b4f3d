// What the keeper decides: which state runs, which ones sleep, and what it reports to the server.
#include "zygote/keeper/keeper.h"

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

TEST_F(KeeperTest, OrdersACopyAsSoonAsTheFirstStateWaits) {
  const auto call = waits(kFirst);
  EXPECT_EQ(kernel.orders[call], StateOrder::keep);
  const auto clone = clones(kFirst);
  EXPECT_THAT(kernel.proceeded, ElementsAre(clone));
  waits(3);
  EXPECT_THAT(kernel.told(), ElementsAre(KeeperReportVerb::kept));
}

TEST_F(KeeperTest, GoesOnWhereTheCopyWasNotBegun) {
  waits(kFirst);
  waits(kFirst, ENOMEM);
  EXPECT_THAT(kernel.told(), ElementsAre(KeeperReportVerb::keep_failed, KeeperReportVerb::idle));
  run(1, 2);
  EXPECT_EQ(kernel.requests.size(), 1U);
}

TEST_F(KeeperTest, GoesToAStateAfterTheRunsThatWereOrderedBefore) {
  keep(kFirst, 3);
  run(1, 2);
  run(2, 3);  // the server took a reply for the first one's
  keeper.on_go_to(1, 0, now);
  keep(kFirst, 4);
  EXPECT_EQ(kernel.requests.size(), 2U);
  EXPECT_THAT(kernel.told(), Not(Contains(KeeperReportVerb::at)));
  keep(kFirst, 5);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  is_dead(kFirst);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::at);
}

TEST_F(KeeperTest, ReportsThatItIsIdleOnceTheHeadWaitsAndItsStateIsKept) {
  waits(kFirst);
  clones(kFirst);
  waits(3);
  EXPECT_THAT(kernel.told(), ElementsAre(KeeperReportVerb::kept));
  waits(kFirst);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::idle);
  run(1, 2);
  keep(kFirst, 4);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::idle);
  EXPECT_EQ(kernel.reports.back().run, 1U);
  EXPECT_EQ(kernel.reports.back().state, 2U);
}

TEST_F(KeeperTest, ReportsThatItIsIdleOnceAHeadThatDiedIsMadeAgain) {
  keep(kFirst, 3);
  run(1, 2);
  keeper.on_child_ended(kFirst, {.wait_status = SIGKILL}, now);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::run_over);
  clones(3, kReviveFlags);
  waits(4);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::idle);
  EXPECT_EQ(kernel.reports.back().run, 1U);
}

TEST_F(KeeperTest, WatchesNoHeadWhileItMakesAnotherOne) {
  keep(kFirst, 3);
  run(1, 2);
  keep(kFirst, 4);  // the head is idle from here on
  now = keeper.next_time() - 1ms;
  keeper.on_go_to(1, run_ + 1, now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  now += 2ms;
  keeper.on_time(now);
  EXPECT_FALSE(kernel.ended);
}

TEST_F(KeeperTest, GoesWhereItIsToldOnceAHeadWithoutACopyIsDead) {
  waits(kFirst);
  clones(kFirst);
  const auto sleeper = waits(3);
  waits(kFirst);
  run(1, 2);
  waits(kFirst);
  waits(kFirst, ENOMEM);
  run(2, 3);
  keeper.on_child_ended(kFirst, {.wait_status = SIGKILL}, now);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::run_over);
  EXPECT_FALSE(kernel.orders.contains(sleeper));  // nothing to go back to by itself
  EXPECT_FALSE(kernel.ended);
  keeper.on_go_to(1, 0, now);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::at);
  EXPECT_EQ(kernel.orders[sleeper], StateOrder::revive);
}

TEST_F(KeeperTest, KillsTheCopyOfAStateThatWasDroppedMeanwhile) {
  keep(kFirst, 3);
  run(1, 2);
  waits(kFirst);
  clones(kFirst);
  keeper.on_go_to(1, 0, now);
  keeper.on_drop(2);
  waits(4);
  EXPECT_THAT(kernel.killed, ElementsAre(4, kFirst));
  is_dead(kFirst);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::at);
  EXPECT_EQ(keeper.kept(), 1U);
}

TEST_F(KeeperTest, StartsARunAtOnceWhereTheHeadIsAtItsState) {
  keep(kFirst, 3);
  run(1, 2);
  EXPECT_EQ(kernel.requests.size(), 1U);
  waits(kFirst);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::run_over);
  EXPECT_EQ(kernel.reports.back().end, RunEnd::returned);
  EXPECT_EQ(kernel.reports.back().state, 2U);
}

TEST_F(KeeperTest, TakesTheNextOrderBeforeItKnowsThatTheLastRunIsOver) {
  keep(kFirst, 3);
  run(1, 2);
  run(2, 3);
  EXPECT_EQ(kernel.requests.size(), 1U);
  keep(kFirst, 4);
  EXPECT_EQ(kernel.requests.size(), 2U);
  EXPECT_FALSE(kernel.ended);
  run(3, 4);
  run(4, 5);
  EXPECT_TRUE(kernel.ended);
}

TEST_F(KeeperTest, StartsNoRunBeforeTheStateThatItStartsFromIsKept) {
  waits(kFirst);
  run(1, 2);
  EXPECT_THAT(kernel.requests, IsEmpty());
  clones(kFirst);
  waits(3);
  waits(kFirst);
  EXPECT_EQ(kernel.requests.size(), 1U);
}

TEST_F(KeeperTest, WakesTheKeptStateWhenTheHeadDies) {
  keep(kFirst, 3);
  const std::uint64_t copy_waits = call_ - 1;
  run(1, 2);
  keeper.on_child_ended(kFirst, {SIGSEGV, 5ms}, now);
  EXPECT_EQ(kernel.reports.back().end, RunEnd::died);
  EXPECT_EQ(kernel.reports.back().state, 1U);
  EXPECT_EQ(kernel.orders[copy_waits], StateOrder::revive);
  clones(3, kReviveFlags);
  waits(4);  // the new head
  waits(3);
  run(1, 3);
  EXPECT_EQ(kernel.requests.size(), 2U);
}

TEST_F(KeeperTest, StopsTheRunThatIsNamedAndNoOther) {
  keep(kFirst, 3);
  run(1, 2);
  keeper.on_stop(run_ + 1, now);
  EXPECT_THAT(kernel.killed, IsEmpty());
  keeper.on_stop(run_, now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  keeper.on_child_ended(kFirst, {SIGKILL, 0us}, now);
  EXPECT_EQ(kernel.reports.back().end, RunEnd::stopped);
}

TEST_F(KeeperTest, DropsAKeptStateButNotTheSessionsOwn) {
  keep(kFirst, 3);
  run(1, 2);
  keep(kFirst, 4);
  keeper.on_drop(2);
  EXPECT_THAT(kernel.killed, IsEmpty());
  keeper.on_drop(1);
  EXPECT_THAT(kernel.killed, ElementsAre(3));
  EXPECT_EQ(keeper.kept(), 1U);
}

TEST_F(KeeperTest, KeepsTheHeadsStateBeforeItIsLeftForAnother) {
  keep(kFirst, 3);
  run(1, 2);
  run(1, 3);
  const auto call = waits(kFirst);
  EXPECT_EQ(kernel.orders[call], StateOrder::keep);
  clones(kFirst);
  waits(4);
  EXPECT_THAT(kernel.killed, IsEmpty());
  waits(kFirst);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  EXPECT_EQ(keeper.kept(), 2U);
}

TEST_F(KeeperTest, GoesToAnOlderState) {
  keep(kFirst, 3);
  const std::uint64_t copy_waits = call_ - 1;
  run(1, 2);
  keep(kFirst, 4);
  keeper.on_go_to(1, run_ + 1, now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  EXPECT_EQ(kernel.orders[copy_waits], StateOrder::revive);
}

TEST_F(KeeperTest, MakesTheNextHeadWhileTheOldOneDies) {
  keep(kFirst, 3);
  run(1, 2);
  keep(kFirst, 4);
  keeper.on_go_to(1, run_ + 1, now);
  clones(3, kReviveFlags);
  waits(5);  // the new head
  waits(3);
  run(1, 3);
  EXPECT_THAT(kernel.told(), Not(Contains(KeeperReportVerb::at)));
  EXPECT_EQ(kernel.requests.size(), 1U) << "what the old head still writes is not this run's";
  is_dead(kFirst);
  EXPECT_THAT(kernel.told(), Contains(KeeperReportVerb::at));
  EXPECT_EQ(kernel.requests.size(), 2U);
}

TEST_F(KeeperTest, TakesNoHeadThatWasKilledForANewProcess) {
  keep(kFirst, 3);
  run(1, 2);
  keep(kFirst, 4);
  keeper.on_go_to(1, run_ + 1, now);
  clones(3, kReviveFlags);
  const auto late = waits(kFirst);
  EXPECT_THAT(kernel.refused, ElementsAre(late));
  waits(5);
  waits(3);
  is_dead(kFirst);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::at);
  EXPECT_FALSE(kernel.ended);
}

TEST_F(KeeperTest, TakesNoSleeperThatCallsAgainForANewProcess) {
  waits(kFirst);
  clones(kFirst);
  waits(3);
  waits(kFirst);
  run(1, 2);
  waits(kFirst);
  clones(kFirst);
  const auto again = waits(3);  // a signal has woken it
  EXPECT_THAT(kernel.refused, ElementsAre(again));
  EXPECT_EQ(keeper.kept(), 1U);
  waits(4);
  EXPECT_EQ(keeper.kept(), 2U);
}

TEST_F(KeeperTest, ReportsAStateThatWasKilledAndCopiesTheHeadAgainForTheNextRun) {
  keep(kFirst, 3);
  const auto head_waits = call_;
  keeper.on_kept_ended(3, now);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::state_lost);
  EXPECT_FALSE(kernel.orders.contains(head_waits));
  run(1, 2);
  EXPECT_EQ(kernel.orders[head_waits], StateOrder::keep);
}

TEST_F(KeeperTest, MakesNoHeadBeforeTheNextRunWhereNoneFollows) {
  keep(kFirst, 3);
  const auto copy_waits = call_ - 1;
  run(1, 2);
  keep(kFirst, 4);
  keeper.on_go_to(1, 0, now);
  is_dead(kFirst);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::at);
  EXPECT_FALSE(kernel.orders.contains(copy_waits)) << "nobody holds a right to run for it";
  run(1, 3);
  EXPECT_EQ(kernel.orders[copy_waits], StateOrder::revive);
}

TEST_F(KeeperTest, ReportsThatItIsIdleAfterARunThatWasStoppedBeforeItBegan) {
  keep(kFirst, 3);
  run(1, 2);
  keep(kFirst, 4);
  run(1, 3);
  keeper.on_stop(run_, now);
  EXPECT_EQ(kernel.reports.back().end, RunEnd::stopped);
  clones(3, kReviveFlags);
  waits(5);
  EXPECT_EQ(kernel.requests.size(), 1U);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::idle);
  EXPECT_EQ(kernel.reports.back().run, 2U);
}

TEST_F(KeeperTest, DoesNotTryAgainBeforeTheNextRunToMakeAHead) {
  keep(kFirst, 3);
  run(1, 2);
  is_dead(kFirst);
  const auto copy_waits = waits(3, EAGAIN);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::idle);
  EXPECT_EQ(kernel.reports.back().run, 1U);
  EXPECT_FALSE(kernel.orders.contains(copy_waits));
  run(1, 3);
  EXPECT_EQ(kernel.orders[copy_waits], StateOrder::revive);
  waits(3, EAGAIN);
  EXPECT_THAT(kernel.told(), Contains(KeeperReportVerb::run_refused));
}

TEST_F(KeeperTest, EndsTheSessionWhenNoStateIsLeft) {
  keeper.on_child_ended(kFirst, {SIGKILL, 0us}, now);
  EXPECT_TRUE(kernel.ended);
}

}  // namespace
}  // namespace forkjail::zygote
