// What the keeper decides, with a kernel that is played: a state's calls are whatever a script that
// has taken it over would make.
#include "zygote/keeper/keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <csignal>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sandbox/syscall_policy.h"

namespace forkjail::zygote {
namespace {

using namespace std::chrono_literals;
using protocol::KeeperOrder;
using protocol::KeeperReport;
using protocol::KeeperReportVerb;
using protocol::RunEnd;
using testing::ElementsAre;
using testing::IsEmpty;

class PlayedKernel final : public KeeperCalls {
 public:
  void order(std::uint64_t call, StateOrder order) override { orders[call] = order; }
  bool give_request(std::uint64_t call, std::vector<std::byte>) override {
    requests.push_back(call);
    return true;
  }
  void take_request_back() override {}
  void proceed(std::uint64_t call) override { proceeded.push_back(call); }
  void refuse(std::uint64_t call, int) override { refused.push_back(call); }
  void pretend(std::uint64_t call) override { pretended.push_back(call); }
  void kill(pid_t state) override { killed.push_back(state); }
  Ended await_end(pid_t) override { return {SIGKILL, 0us}; }
  std::chrono::microseconds cpu_time(pid_t) override { return used; }
  bool watch(pid_t state) override { return !threads.contains(state); }
  void report(const KeeperReport& report) override { reports.push_back(report); }
  void end_session() override { ended = true; }

  [[nodiscard]] std::vector<KeeperReportVerb> told() const {
    std::vector<KeeperReportVerb> verbs;
    for (const KeeperReport& report : reports) verbs.push_back(report.verb);
    return verbs;
  }

  std::map<std::uint64_t, StateOrder> orders;
  std::vector<std::uint64_t> requests, proceeded, refused, pretended;
  std::vector<pid_t> killed;
  std::vector<KeeperReport> reports;
  std::set<pid_t> threads;  // which are no processes
  std::chrono::microseconds used{0};
  bool ended = false;
};

class KeeperTest : public ::testing::Test {
 protected:
  static constexpr pid_t kFirst = 2;

  std::uint64_t waits(pid_t thread, std::uint64_t sys_errno = 0) {
    keeper.on_call({.id = ++call_,
                    .thread = thread,
                    .number = sandbox::kKeeperCall,
                    .arguments = {sys_errno, kStateCallMagic}},
                   now);
    return call_;
  }
  std::uint64_t clones(pid_t thread, std::uint64_t flags = kKeepFlags) {
    keeper.on_call({.id = ++call_, .thread = thread, .number = SYS_clone, .arguments = {flags}},
                   now);
    return call_;
  }
  std::uint64_t signals(pid_t thread, pid_t target, int signal) {
    keeper.on_call(
        {.id = ++call_,
         .thread = thread,
         .number = SYS_kill,
         .arguments = {static_cast<std::uint64_t>(target), static_cast<std::uint64_t>(signal)}},
        now);
    return call_;
  }
  void run(protocol::StateId from, protocol::StateId to) {
    keeper.on_run({.verb = protocol::KeeperVerb::run,
                   .run = ++run_,
                   .state = from,
                   .new_state = to,
                   .cpu_time_ms = 1'000},
                  {}, now);
  }
  // The head waits, is told to keep its state, and a process `copy` sleeps as that.
  void keep(pid_t head, pid_t copy) {
    waits(head);
    clones(head);
    waits(copy);
    waits(head);
  }

  PlayedKernel kernel;
  Keeper keeper{kFirst, kernel};
  KeeperClock::time_point now{};
  std::uint64_t call_ = 0;
  std::uint64_t run_ = 0;
};

TEST_F(KeeperTest, OrdersACopyAsSoonAsTheFirstStateWaits) {
  const auto call = waits(kFirst);
  EXPECT_EQ(kernel.orders[call], StateOrder::keep);
  const auto clone = clones(kFirst);
  EXPECT_THAT(kernel.proceeded, ElementsAre(clone));
  waits(3);
  EXPECT_THAT(kernel.told(), ElementsAre(KeeperReportVerb::kept));
}

TEST_F(KeeperTest, RefusesACloneThatItDidNotOrder) {
  EXPECT_THAT(kernel.refused, IsEmpty());
  clones(kFirst);
  keep(kFirst, 3);
  clones(kFirst);
  EXPECT_EQ(kernel.proceeded.size(), 1U);
  EXPECT_EQ(kernel.refused.size(), 2U);
}

TEST_F(KeeperTest, LetsOneCloneThroughForAnOrderAndNoSecond) {
  waits(kFirst);
  clones(kFirst);
  clones(kFirst);
  EXPECT_EQ(kernel.proceeded.size(), 1U);
  EXPECT_EQ(kernel.refused.size(), 1U);
}

TEST_F(KeeperTest, RefusesTheOrderedCloneToAnotherThreadAndWithOtherFlags) {
  waits(kFirst);
  clones(77);
  clones(kFirst, kKeepFlags | 0x20000);  // CLONE_NEWNS
  clones(kFirst, kReviveFlags);
  EXPECT_THAT(kernel.proceeded, IsEmpty());
  EXPECT_EQ(kernel.refused.size(), 3U);
}

TEST_F(KeeperTest, DoesNotTakeAThreadOfTheHeadForItsCopy) {
  kernel.threads.insert(9);
  waits(kFirst);
  clones(kFirst);
  waits(9);
  EXPECT_EQ(keeper.kept(), 0U);
  EXPECT_EQ(kernel.refused.size(), 1U);
  waits(3);
  EXPECT_EQ(keeper.kept(), 1U);
}

TEST_F(KeeperTest, DoesNotBelieveAHeadThatSaysThatItsCloneFailed) {
  waits(kFirst);
  clones(kFirst);
  waits(kFirst, EAGAIN);
  now += Keeper::kForkTimeMax;
  keeper.on_time(now);
  EXPECT_TRUE(kernel.ended) << "there may be a process that does not wait";
}

TEST_F(KeeperTest, GoesOnWhereTheCopyWasNotBegun) {
  waits(kFirst);
  waits(kFirst, ENOMEM);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::keep_failed);
  run(1, 2);
  EXPECT_EQ(kernel.requests.size(), 1U);
}

TEST_F(KeeperTest, KillsTheCopyOfAStateThatWasDroppedMeanwhile) {
  keep(kFirst, 3);
  run(1, 2);
  waits(kFirst);
  clones(kFirst);
  keeper.on_go_to(1, now);
  keeper.on_drop(2);
  waits(4);
  EXPECT_THAT(kernel.killed, ElementsAre(4, kFirst));
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::at);
  EXPECT_EQ(keeper.kept(), 1U);
}

TEST_F(KeeperTest, EndsTheSessionWhenACopyIsNotMadeInTime) {
  waits(kFirst);
  clones(kFirst);
  now += Keeper::kForkTimeMax;
  keeper.on_time(now);
  EXPECT_TRUE(kernel.ended);
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

TEST_F(KeeperTest, KillsARunThatHasUsedItsCpuTimeAndSaysSo) {
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

TEST_F(KeeperTest, StopsTheRunThatIsNamedAndNoOther) {
  keep(kFirst, 3);
  run(1, 2);
  keeper.on_stop(run_ + 1);
  EXPECT_THAT(kernel.killed, IsEmpty());
  keeper.on_stop(run_);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  keeper.on_child_ended(kFirst, {SIGKILL, 0us}, now);
  EXPECT_EQ(kernel.reports.back().end, RunEnd::stopped);
}

TEST_F(KeeperTest, PassesOnSignalsOfTheRunningStateToItselfOnly) {
  keep(kFirst, 3);
  signals(kFirst, kFirst, SIGUSR1);
  EXPECT_THAT(kernel.proceeded.size(), 1U) << "nothing runs: refused";
  run(1, 2);
  const auto own = signals(kFirst, kFirst, SIGUSR1);
  EXPECT_EQ(kernel.proceeded.back(), own);
  const auto before = kernel.refused.size();
  for (const pid_t other : {1, 3, 0, -1, 99}) signals(kFirst, other, SIGUSR1);
  EXPECT_EQ(kernel.refused.size(), before + 5);
  const auto fatal = signals(kFirst, kFirst, SIGKILL);
  EXPECT_THAT(kernel.pretended, ElementsAre(fatal));
}

TEST_F(KeeperTest, RefusesTheCallWithoutItsNumber) {
  keeper.on_call({.id = 7, .thread = kFirst, .number = sandbox::kKeeperCall}, now);
  EXPECT_THAT(kernel.refused, ElementsAre(7));
}

TEST_F(KeeperTest, RefusesAForeignThreadThatAsksForAnOrder) {
  keep(kFirst, 3);
  const auto call = waits(55);
  EXPECT_EQ(kernel.refused.back(), call);
}

TEST_F(KeeperTest, GoesBackWhenAnIdleHeadUsesCpuTime) {
  keep(kFirst, 3);
  kernel.used += Keeper::kIdleCpuMax + 1ms;
  now = keeper.next_time();
  keeper.on_time(now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::went_back);
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
  keeper.on_go_to(1, now);
  EXPECT_THAT(kernel.killed, ElementsAre(kFirst));
  EXPECT_EQ(kernel.orders[copy_waits], StateOrder::revive);
}

TEST_F(KeeperTest, ReportsAStateThatWasKilled) {
  keep(kFirst, 3);
  keeper.on_kept_ended(3, now);
  EXPECT_EQ(kernel.reports.back().verb, KeeperReportVerb::state_lost);
  EXPECT_EQ(kernel.orders.rbegin()->second, StateOrder::keep) << "the head is copied again";
}

TEST_F(KeeperTest, EndsTheSessionWhenNoStateIsLeft) {
  keeper.on_child_ended(kFirst, {SIGKILL, 0us}, now);
  EXPECT_TRUE(kernel.ended);
}

}  // namespace
}  // namespace forkjail::zygote
