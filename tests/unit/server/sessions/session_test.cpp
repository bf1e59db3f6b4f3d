// Runs in a session: what state they start from and leave, how they wait for each other and end.
#include "server/sessions/session.h"

#include <gmock/gmock.h>

#include "unit/server/sessions/fake_held_cell.h"

namespace forkjail::server {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class SessionTest : public SessionsTest {
 protected:
  void keep(StateId state) { record().events->on_kept(state); }
  HeldCellRecord& record() { return *cells.records.at(0); }
  // A run whose state is kept.
  std::string run_and_keep() {
    std::string state = run(session);
    keep(session->states().head());
    return state;
  }
  static FailureReport exception() {
    FailureReport report;
    report.kind = protocol::FailureKind::exception;
    return report;
  }

  std::shared_ptr<Session> session = create();
};

TEST_F(SessionTest, MakesAStateWithEachRun) {
  keep(1);
  EXPECT_EQ(run_and_keep(), "s2");
  EXPECT_EQ(run_and_keep(), "s3");
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "run 2>3"));
  EXPECT_EQ(admission.running(), 0U);
}

TEST_F(SessionTest, StartsFromTheStateThatIsNamed) {
  keep(1);
  run_and_keep();
  request.session.from = "s1";
  EXPECT_EQ(run_and_keep(), "s3");
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "run 1>3"));
  for (const char* name : {"s9", "x", "s0"}) {
    request.session.from = name;
    EXPECT_EQ(run(session), "unknown state") << name;
  }
}

TEST_F(SessionTest, IsBackWhereItWasAfterARunThatWasKilled) {
  keep(1);
  run_and_keep();
  record().reply = NoReply{};
  EXPECT_EQ(run(session), "s2");
  EXPECT_EQ(store.counts().rolled_back, 1U);
  record().reply = ValueReply{};
  EXPECT_EQ(run_and_keep(), "s4");
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "run 2>3", "run 2>4"));
}

TEST_F(SessionTest, KeepsWhatARunDidBeforeItRaised) {
  keep(1);
  record().reply = exception();
  EXPECT_EQ(run_and_keep(), "s2");
  EXPECT_EQ(store.counts().rolled_back, 0U);
}

TEST_F(SessionTest, IsBackWhereItWasAfterARunThatRanOutOfMemory) {
  keep(1);
  FailureReport report;
  report.kind = protocol::FailureKind::memory;
  record().reply = report;
  EXPECT_EQ(run(session), "s1");
  keep(2);
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "go_to 1", "drop 2"));
}

TEST_F(SessionTest, RollsAnExceptionBackWhereItIsAskedTo) {
  keep(1);
  record().reply = exception();
  request.session.rolls_back_errors = true;
  EXPECT_EQ(run(session), "s1");
  EXPECT_THAT(record().orders, ElementsAre("run 1>2"));  // the copy is being made
  EXPECT_EQ(session->states().find(2), nullptr);
  keep(2);
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "go_to 1", "drop 2"));
  record().reply = ValueReply{};
  EXPECT_EQ(run(session), "s3");
}

TEST_F(SessionTest, RollsBackToAStateWhoseReportComesAfterTheReply) {
  record().kept_unread = 1;
  record().reply = exception();
  request.session.rolls_back_errors = true;
  EXPECT_EQ(run(session), "s1");
  EXPECT_EQ(store.counts().rolled_back, 1U);
}

TEST_F(SessionTest, RollsBackToAStateWhoseReportCameBeforeTheReplyOfItsRun) {
  record().keeps_early = true;
  EXPECT_EQ(run(session), "s2");
  record().reply = exception();
  request.session.rolls_back_errors = true;
  EXPECT_EQ(run(session), "s2");
  EXPECT_EQ(store.counts().rolled_back, 1U);
  // The copy of the state that was rolled back is given up as soon as it was made.
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "run 2>3", "go_to 2", "drop 3"));
}

TEST_F(SessionTest, CannotRollBackToAStateThatIsNotKept) {
  record().events->on_keep_failed(1, ENOMEM);
  record().reply = exception();
  request.session.rolls_back_errors = true;
  EXPECT_EQ(run(session), "s2");
  EXPECT_THAT(record().orders, ElementsAre("run 1>2"));
  EXPECT_EQ(store.counts().not_kept, 1U);
}

TEST_F(SessionTest, GoesOnAtAnEarlierStateWhereTheLastOneIsNotKeptAndItsProcessIsGone) {
  keep(1);
  EXPECT_EQ(run(session), "s2");
  record().events->on_keep_failed(2, ENOMEM);
  record().reply = NoReply{};
  EXPECT_EQ(run(session), "s1");
  EXPECT_EQ(session->states().find(2), nullptr);
  record().reply = ValueReply{};
  EXPECT_EQ(run(session), "s4");
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "run 2>3", "go_to 1", "run 1>4"));
}

TEST_F(SessionTest, GoesOnAtAnEarlierStateWhereAnIdleOneThatIsNotKeptWasEnded) {
  keep(1);
  EXPECT_EQ(run(session), "s2");
  record().events->on_keep_failed(2, ENOMEM);
  record().events->on_went_back(2);
  EXPECT_EQ(session->states().head(), 1U);
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "go_to 1"));
}

TEST_F(SessionTest, GoesOnAtAnEarlierStateWhereMemoryRanOutInOneThatIsNotKept) {
  keep(1);
  EXPECT_EQ(run(session), "s2");
  record().events->on_keep_failed(2, ENOMEM);
  FailureReport report;
  report.kind = protocol::FailureKind::memory;
  record().reply = report;
  EXPECT_EQ(run(session), "s1");
  keep(3);
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "run 2>3", "go_to 1", "drop 3"));
}

TEST_F(SessionTest, LeavesAStateWhoseProcessesAreAllGone) {
  keep(1);
  EXPECT_EQ(run_and_keep(), "s2");
  record().gone = 2;
  EXPECT_EQ(run(session), "lost state");
  EXPECT_EQ(session->states().head(), 1U);
  EXPECT_EQ(session->states().find(2), nullptr);
  EXPECT_EQ(run(session), "s4");
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "run 2>3", "go_to 1", "run 1>4"));
}

TEST_F(SessionTest, EndsWhereTheOnlyStateIsGone) {
  keep(1);
  record().gone = 1;
  EXPECT_EQ(run(session), "ended");
  EXPECT_TRUE(record().ended);
}

TEST_F(SessionTest, DropsTheOldestStates) {
  keep(1);
  for (int i = 0; i < 4; ++i) run_and_keep();
  EXPECT_THAT(record().orders,
              ElementsAre("run 1>2", "run 2>3", "run 3>4", "drop 1", "run 4>5", "drop 2"));
}

TEST_F(SessionTest, LooksWithoutAState) {
  keep(1);
  EXPECT_EQ(run(session, RunKind::look), "s1");
  EXPECT_EQ(run(session), "s2");
  EXPECT_THAT(record().orders, ElementsAre("run 1>1", "run 1>2"));
}

TEST_F(SessionTest, DropsTheEditBeforeAnEdit) {
  keep(1);
  EXPECT_EQ(run(session, RunKind::edit), "s2");
  keep(2);
  EXPECT_EQ(run(session, RunKind::edit), "s3");
  EXPECT_THAT(record().orders, Not(Contains("drop 2")));
  keep(3);
  EXPECT_THAT(record().orders, ElementsAre("run 1>2", "run 2>3", "drop 2"));
}

TEST_F(SessionTest, RunsOneRequestAfterTheOtherAndBoundsTheQueue) {
  record().reply.reset();
  for (int i = 0; i < 3; ++i) start(session);
  EXPECT_EQ(outcome(0), "runs");
  EXPECT_EQ(outcome(1), "runs");
  EXPECT_EQ(outcome(2), "busy");
  EXPECT_EQ(admission.running(), 1U);  // who waits for the session takes no slot
  EXPECT_TRUE(session->busy());
  record().reply = ValueReply{};
  EXPECT_TRUE(session->interrupt());
  settle(loop);
  EXPECT_EQ(outcome(0), "s1");
  EXPECT_EQ(outcome(1), "s3");
  EXPECT_FALSE(session->busy());
  EXPECT_FALSE(session->interrupt());
}

TEST_F(SessionTest, EndsWhatRunsAndWhatWaitsWithItself) {
  record().reply.reset();
  start(session);
  start(session);
  store.remove(*session);
  settle(loop);
  EXPECT_EQ(outcome(0), "no state");
  EXPECT_EQ(outcome(1), "ended");
  EXPECT_EQ(run(session), "ended");
  EXPECT_TRUE(record().ended);
  EXPECT_EQ(store.live(), 0U);
}

TEST_F(SessionTest, IsLostWithItsCell) {
  record().reply = NoReply{};
  record().events->on_ended();
  EXPECT_EQ(run(session), "ended");
  EXPECT_EQ(session->ended(), SessionEnd::lost);
  const auto found = store.find(session->id(), "");
  EXPECT_EQ(std::get<NoSession>(found).why, SessionEnd::lost);
  EXPECT_EQ(store.counts().lost, 1U);
}

class SessionWithoutCheckpoints : public SessionsTest {
 protected:
  SessionWithoutCheckpoints() { cells.keeps = false; }
  HeldCellRecord& record() { return *cells.records.at(0); }
};

TEST_F(SessionWithoutCheckpoints, HasTheLatestStateAlone) {
  const auto session = create();
  EXPECT_FALSE(session->has_checkpoints());
  EXPECT_EQ(run(session), "s2");
  EXPECT_EQ(run(session, RunKind::edit), "s3");
  EXPECT_EQ(run(session, RunKind::look), "s3");
  EXPECT_EQ(session->states().size(), 1U);
  request.session.from = "s3";
  EXPECT_EQ(run(session), "s4");
}

TEST_F(SessionWithoutCheckpoints, KeepsWhatARunDidBeforeItRaised) {
  const auto session = create();
  FailureReport report;
  report.kind = protocol::FailureKind::exception;
  record().reply = report;
  EXPECT_EQ(run(session), "s2");
}

TEST_F(SessionWithoutCheckpoints, RefusesToGoBack) {
  const auto session = create();
  EXPECT_EQ(run(session), "s2");
  for (const char* name : {"s1", "s9", "x"}) {
    request.session.from = name;
    EXPECT_EQ(run(session), "no checkpoints") << name;
  }
  request.session.from.clear();
  request.session.rolls_back_errors = true;
  EXPECT_EQ(run(session), "no checkpoints");
  EXPECT_EQ(record().orders.size(), 1U);
  EXPECT_EQ(run(session, RunKind::edit), "s3");  // of files that are as they were if it fails
}

TEST_F(SessionWithoutCheckpoints, IsLostWithARunThatIsKilled) {
  const auto session = create();
  record().reply = NoReply{};
  EXPECT_EQ(run(session), "no state");
  EXPECT_TRUE(record().ended);
  EXPECT_EQ(run(session), "ended");
  EXPECT_EQ(std::get<NoSession>(store.find(session->id(), "")).why, SessionEnd::lost);
}

TEST_F(SessionWithoutCheckpoints, IsLostWithARunThatRanOutOfMemory) {
  const auto session = create();
  FailureReport report;
  report.kind = protocol::FailureKind::memory;
  record().reply = report;
  EXPECT_EQ(run(session), "no state");
  EXPECT_EQ(session->ended(), SessionEnd::lost);
}

TEST_F(SessionTest, KeepsTheSlotOfARunUntilNothingIsComputedForItAnyMore) {
  record().settled = false;
  run(session);
  EXPECT_EQ(admission.running(), 1U);
  run(session);
  EXPECT_EQ(admission.running(), 1U) << "the slot of the next run takes its place";
  record().events->on_settled();
  EXPECT_EQ(admission.running(), 0U);
}

TEST_F(SessionTest, GivesTheSlotBackWithItsEnd) {
  record().settled = false;
  run(session);
  session->end(SessionEnd::deleted);
  EXPECT_EQ(admission.running(), 0U);
}

TEST_F(SessionTest, GoesBackWhereThreadsComputedOn) {
  keep(1);
  run_and_keep();
  run(session);
  record().events->on_went_back(2);
  EXPECT_EQ(session->states().head(), 2U);
  EXPECT_EQ(store.counts().went_back, 1U);
}

}  // namespace
}  // namespace forkjail::server
