#include "supervisor/cell_finisher.h"

#include <gmock/gmock.h>

#include <csignal>

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

class CellFinisherTest : public SupervisorParts {
 protected:
  void SetUp() override {
    serve();
    sent_verbs();
  }

  // The zygote dies and is reaped.
  void lose_zygote() {
    fake().close_control();
    ::waitpid(fake().pid(), nullptr, 0);
    zygote().on_reaped();
    finisher.on_zygote_gone(zygote());
  }
  // A cell that was killed and is not dead yet: its process is one that nobody has killed.
  void let_die_slowly(const FakeOrder& order, const FakeCell& slow) {
    find(order)->process = CellProcess::by_descriptor(slow.pidfd());
  }
};

TEST_F(CellFinisherTest, ExitIsReportedWithItsEvidenceAndFreesTheSlot) {
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  sent_verbs();
  fake().send({.verb = ZygoteVerb::exited,
               .cell = order.message.cell,
               .wait_status = SIGSEGV,
               .cpu_time_us = 42});
  read();
  const auto sent = next_sent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, SupervisorVerb::cell_ended);
  EXPECT_EQ(sent->message.cell, order.message.cell);
  EXPECT_EQ(sent->message.status_known, 1U);
  EXPECT_EQ(sent->message.wait_status, SIGSEGV);
  EXPECT_EQ(sent->message.cpu_time_us, 42U);
  EXPECT_EQ(find(order), nullptr);
}

TEST_F(CellFinisherTest, CellKilledForItsMemoryIsReportedAsSuch) {
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  sent_verbs();
  find(order)->over_memory = true;
  fake().send_exited(order, SIGKILL);
  read();
  EXPECT_EQ(next_sent()->message.memory_kill, protocol::MemoryKill::own_limit);
}

TEST_F(CellFinisherTest, CellsOfALostZygoteAreKilledAndFinishedWithoutEvidence) {
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  sent_verbs();
  lose_zygote();
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
  cell.wait_until_dead();
  finisher.finish_dead();
  const auto sent = next_sent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, SupervisorVerb::cell_ended);
  EXPECT_EQ(sent->message.status_known, 0U);
  EXPECT_EQ(find(order), nullptr);
  EXPECT_FALSE(finisher.awaits_deaths());
}

TEST_F(CellFinisherTest, DeathIsAwaitedWithoutBlocking) {
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  const FakeCell slow;
  lose_zygote();
  let_die_slowly(order, slow);
  sent_verbs();
  finisher.finish_dead();
  EXPECT_NE(find(order), nullptr) << "it was finished, or waited for, before it was dead";
  EXPECT_TRUE(finisher.awaits_deaths());
  EXPECT_THAT(sent_verbs(), IsEmpty());
  slow.kill();
  slow.wait_until_dead();
  finisher.finish_dead();
  EXPECT_EQ(find(order), nullptr);
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::cell_ended));
}

TEST_F(CellFinisherTest, SlotOfACellThatDoesNotDieIsNotGivenToAnother) {
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  const FakeCell slow;
  lose_zygote();
  let_die_slowly(order, slow);
  time += 10 * CellFinisher::kDeathTimeMax;
  finisher.finish_dead();
  EXPECT_NE(find(order), nullptr);
}

// Without pidfds the number of a dead process may be another's already, so its death may never
// show.
TEST_F(CellFinisherTest, DeathOfANumberIsNotAwaitedForEver) {
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  const FakeCell slow;
  lose_zygote();
  find(order)->process = CellProcess::by_number(slow.pid());
  time += CellFinisher::kDeathTimeMax;
  finisher.finish_dead();
  EXPECT_NE(find(order), nullptr);
  time += milliseconds(1);
  finisher.finish_dead();
  EXPECT_EQ(find(order), nullptr);
}

TEST_F(CellFinisherTest, OrderThatALostZygoteDidNotAnswerFails) {
  const FakeOrder order = ordered();
  lose_zygote();
  sent_verbs();
  finisher.finish_dead();
  EXPECT_EQ(find(order), nullptr);
  const auto sent = next_sent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, SupervisorVerb::spawn_failed);
  EXPECT_EQ(sent->message.sys_errno, ECHILD);
}

TEST_F(CellFinisherTest, LostZygoteIsKeptUntilItsLastCellIsGone) {
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  lose_zygote();
  fleet.remove_finished();
  ASSERT_EQ(fleet.all().size(), 1U);
  cell.wait_until_dead();
  finisher.finish_dead();
  fleet.remove_finished();
  EXPECT_TRUE(fleet.all().empty());
}

TEST_F(CellFinisherTest, EndOfTheServiceKillsEveryCell) {
  const FakeCell first;
  const FakeCell second;
  cloned(first);
  cloned(second);
  const FakeOrder not_cloned = ordered();
  finisher.end_all();
  EXPECT_TRUE(first.is_dead());
  EXPECT_TRUE(second.is_dead());
  char byte = 0;
  EXPECT_EQ(::read(not_cloned.request.get(), &byte, 1), 0);
}

}  // namespace
}  // namespace forkjail::supervisor
