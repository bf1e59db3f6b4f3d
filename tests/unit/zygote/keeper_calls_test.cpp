// What the keeper answers to calls of its states: each may be made by a script that took a state
// over.
#include <gmock/gmock.h>

#include "keeper_fixture.h"

namespace forkjail::zygote {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using KeeperCallsTest = KeeperTest;

TEST_F(KeeperCallsTest, RefusesACloneThatItDidNotOrder) {
  EXPECT_THAT(kernel.refused, IsEmpty());
  clones(kFirst);
  keep(kFirst, 3);
  clones(kFirst);
  EXPECT_EQ(kernel.proceeded.size(), 1U);
  EXPECT_EQ(kernel.refused.size(), 2U);
}

TEST_F(KeeperCallsTest, AllowsOneClonePerOrder) {
  waits(kFirst);
  clones(kFirst);
  clones(kFirst);
  EXPECT_EQ(kernel.proceeded.size(), 1U);
  EXPECT_EQ(kernel.refused.size(), 1U);
}

TEST_F(KeeperCallsTest, RefusesTheOrderedCloneToAnotherThreadAndWithOtherFlags) {
  waits(kFirst);
  clones(77);
  clones(kFirst, kKeepFlags | 0x20000);  // CLONE_NEWNS
  clones(kFirst, kReviveFlags);
  EXPECT_THAT(kernel.proceeded, IsEmpty());
  EXPECT_EQ(kernel.refused.size(), 3U);
}

TEST_F(KeeperCallsTest, DoesNotTakeAThreadOfTheHeadForItsCopy) {
  kernel.threads.insert(9);
  waits(kFirst);
  clones(kFirst);
  waits(9);
  EXPECT_EQ(keeper.kept(), 0U);
  EXPECT_EQ(kernel.refused.size(), 1U);
  waits(3);
  EXPECT_EQ(keeper.kept(), 1U);
}

TEST_F(KeeperCallsTest, DoesNotBelieveAHeadThatReportsThatItsCloneFailed) {
  waits(kFirst);
  clones(kFirst);
  waits(kFirst, EAGAIN);
  now += Keeper::kForkTimeMax;
  keeper.on_time(now);
  EXPECT_TRUE(kernel.ended) << "there may be a process that does not wait";
}

TEST_F(KeeperCallsTest, PassesOnSignalsOfTheRunningStateToItselfOnly) {
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

TEST_F(KeeperCallsTest, RefusesTheCallWithoutTheMagicNumber) {
  keeper.on_call({.id = 7, .thread = kFirst, .number = sandbox::kKeeperCall}, now);
  EXPECT_THAT(kernel.refused, ElementsAre(7));
}

TEST_F(KeeperCallsTest, RefusesAForeignThreadThatAsksForAnOrder) {
  keep(kFirst, 3);
  const auto call = waits(55);
  EXPECT_EQ(kernel.refused.back(), call);
}

}  // namespace
}  // namespace forkjail::zygote
