#include "supervisor/fleet.h"

#include <gmock/gmock.h>

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

class FleetTest : public SupervisorParts {
 protected:
  // A start fails at once, for want of memory: it may pass.
  void fail_each_start() { start_error = Error{"fork", ENOMEM, {}}; }
};

TEST_F(FleetTest, StartsAQuickZygoteAndThenAWarmOneToReplaceIt) {
  serve();
  fleet.keep();
  ASSERT_EQ(started.size(), 2U);
  EXPECT_EQ(started.front().warm_up, WarmUp::none);
  EXPECT_EQ(started.back().warm_up, WarmUp::whole);
}

TEST_F(FleetTest, StartsTheFullFlavourOnlyWhereItIsOffered) {
  fleet.keep();
  for (const NextZygote& next : started) EXPECT_EQ(next.flavour, Flavour::light);
  Fleet both(
      {.offers_full = true}, [this](const NextZygote& next) { return start(next); }, cells, server,
      now);
  started.clear();
  both.keep();
  ASSERT_EQ(started.size(), 2U);
  EXPECT_EQ(started.back().flavour, Flavour::full);
}

TEST_F(FleetTest, PausesTwiceAsLongAfterEachFailureUpToABound) {
  fail_each_start();
  auto pause = Fleet::kFirstRetryPause;
  for (int failures = 1; failures < 10; ++failures) {
    fleet.keep();
    ASSERT_EQ(started.size(), failures);
    time += pause - milliseconds(1);
    fleet.keep();
    ASSERT_EQ(started.size(), failures) << "within the pause of " << pause.count() << " ms";
    time += milliseconds(1);
    pause = std::min(pause * 2, Fleet::kLastRetryPause);
  }
  EXPECT_EQ(pause, Fleet::kLastRetryPause);
}

TEST_F(FleetTest, PausesShortlyAgainOnceOneHasServed) {
  fail_each_start();
  for (int i = 0; i < 5; ++i) {
    fleet.keep();
    time += Fleet::kLastRetryPause;
  }
  start_error.reset();
  serve();
  fail_each_start();
  fleet.keep();  // the warm one
  const auto before = started.size();
  time += Fleet::kFirstRetryPause;
  fleet.keep();
  EXPECT_EQ(started.size(), before + 1);
}

TEST_F(FleetTest, StartThatCanNeverSucceedEndsTheService) {
  start_error = Error{"--nsjail /nowhere", ENOENT, {}};
  fleet.keep();
  EXPECT_TRUE(fleet.can_never_serve());
  const auto sent = next_sent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, SupervisorVerb::cannot_serve);
  EXPECT_EQ(sent->text, start_error->to_string());
  time += Fleet::kLastRetryPause * 10;
  fleet.keep();
  EXPECT_EQ(started.size(), 1U) << "it was tried again";
}

TEST_F(FleetTest, StartThatFailsForExhaustionIsTriedAgain) {
  fail_each_start();
  fleet.keep();
  EXPECT_FALSE(fleet.can_never_serve());
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
}

TEST_F(FleetTest, AnyStartIsTriedAgainOnceOneHasServed) {
  serve();
  sent_verbs();
  start_error = Error{"--nsjail /nowhere", ENOENT, {}};
  fleet.keep();
  EXPECT_FALSE(fleet.can_never_serve());
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::spare_zygote_failed));
}

TEST_F(FleetTest, ReportedFailureOfTheFirstStartEndsTheService) {
  fleet.keep();
  fake().send({.verb = ZygoteVerb::failed, .sys_errno = ENOENT}, "no module\nnamed pandas");
  read();
  EXPECT_TRUE(fleet.can_never_serve());
  EXPECT_EQ(next_sent()->text, "no module named pandas");
  EXPECT_EQ(zygote().state, ZygoteState::ended);
}

TEST_F(FleetTest, ReportedFailureForExhaustionIsTriedAgain) {
  fleet.keep();
  fake().send({.verb = ZygoteVerb::failed, .sys_errno = ENOMEM}, "import: no memory");
  read();
  EXPECT_FALSE(fleet.can_never_serve());
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
}

TEST_F(FleetTest, ReportedFailureOfOneThatServesIsTriedAgain) {
  serve();
  sent_verbs();
  fake().send({.verb = ZygoteVerb::failed, .sys_errno = EIO}, "it broke");
  read();
  EXPECT_FALSE(fleet.can_never_serve());
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
  EXPECT_EQ(fleet.serving(Flavour::light), nullptr);
}

TEST_F(FleetTest, StartThatTakesTooLongIsEnded) {
  fleet.keep();
  time += Fleet::kStartTimeMax;
  fleet.keep();
  EXPECT_EQ(zygote().state, ZygoteState::starting);
  time += milliseconds(1);
  fleet.keep();
  EXPECT_EQ(zygote().state, ZygoteState::ended);
  EXPECT_EQ(next_sent()->message.sys_errno, ETIMEDOUT);
}

TEST_F(FleetTest, ProofThatTakesTooLongIsEnded) {
  start_proof();
  time += Fleet::kStartTimeMax + milliseconds(1);
  fleet.keep();
  EXPECT_EQ(zygote().state, ZygoteState::ended);
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
}

TEST_F(FleetTest, FailureIsReportedOnce) {
  fleet.keep();
  fleet.on_failed(zygote(), Error{"zygote", 0, "first"});
  fleet.on_failed(zygote(), Error{"zygote", 0, "second"});
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
}

// What failed at one proof may have failed for the zygote that serves, too.
TEST_F(FleetTest, FailedProofStopsTheFlavourThoughAnotherServes) {
  serve();
  sent_verbs();
  start_proof();
  fleet.on_failed(zygote(), Error{"prove the isolation", 0, {}});
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
}

TEST_F(FleetTest, ReplacedZygoteEndsWithItsLastCell) {
  serve();
  FakeZygote& old_fake = fake();
  ZygoteProcess& old = zygote();
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  serve();  // the warm one
  EXPECT_EQ(old.state, ZygoteState::retired);
  EXPECT_EQ(fleet.serving(Flavour::light), &zygote());
  old_fake.send_exited(order);
  zygotes.on_readable(old);
  EXPECT_EQ(old.state, ZygoteState::ended);
}

TEST_F(FleetTest, ReplacedZygoteWithoutCellsEndsAtOnce) {
  serve();
  ZygoteProcess& old = zygote();
  serve();
  EXPECT_EQ(old.state, ZygoteState::ended);
}

TEST_F(FleetTest, WarmZygoteIsReplacedByAge) {
  serve();
  serve();
  time += minutes(60) - seconds(1);
  fleet.keep();
  EXPECT_EQ(started.size(), 2U);
  time += seconds(1);
  fleet.keep();
  EXPECT_EQ(started.size(), 3U);
}

TEST_F(FleetTest, SilentZygoteKeepsItsCellsAndServesNoMore) {
  serve();
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  sent_verbs();
  fleet.on_silent(zygote());
  EXPECT_EQ(zygote().state, ZygoteState::retired);
  EXPECT_EQ(fleet.serving(Flavour::light), nullptr);
  EXPECT_FALSE(cell.is_dead());
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
}

// While a warm light zygote serves.
class FleetOfOwners : public FleetTest {
 protected:
  void SetUp() override {
    serve();
    serve();
    sent_verbs();
    started.clear();
  }
  void offer(Flavour flavour) { send_order({.verb = ServerVerb::offer, .flavour = flavour}); }
  void withdraw(Flavour flavour) { send_order({.verb = ServerVerb::withdraw, .flavour = flavour}); }
};

TEST_F(FleetOfOwners, StartsAZygoteForOneWhenItIsOffered) {
  fleet.keep();
  EXPECT_TRUE(started.empty());
  offer(Flavour::isolated_2);
  offer(Flavour::isolated_2);
  fleet.keep();
  ASSERT_EQ(started.size(), 1U);
  EXPECT_EQ(started.back().flavour, Flavour::isolated_2);
  EXPECT_EQ(started.back().warm_up, WarmUp::none);
}

TEST_F(FleetOfOwners, HasOneZygoteCloneForItsOwnerAndForNobodyElse) {
  const ZygoteProcess* const shared = fleet.serving(Flavour::light);
  offer(Flavour::isolated_1);
  serve();
  EXPECT_EQ(fleet.cloning(Flavour::isolated_1), &zygote());
  EXPECT_EQ(fleet.cloning(Flavour::light), shared);
  EXPECT_EQ(fleet.cloning(Flavour::full), nullptr);
  EXPECT_EQ(fleet.cloning(Flavour::isolated_2), nullptr);
  EXPECT_EQ(fleet.cloning(Flavour::isolated_1_session), nullptr);  // no sessions here
}

TEST_F(FleetOfOwners, HasTheSessionsOfAnOwnerClonedByItsZygote) {
  Fleet with_sessions(
      {.offers_full = false, .offers_sessions = true, .offers_owners = true},
      [this](const NextZygote& next) { return start(next); }, cells, server, now);
  with_sessions.keep();
  ZygoteProcess& shared = *with_sessions.all().back();
  with_sessions.on_proven(shared);
  sent_verbs();
  with_sessions.offer(Flavour::isolated_1);
  with_sessions.keep();
  ZygoteProcess& own = *with_sessions.all().back();
  ASSERT_EQ(own.flavour(), Flavour::isolated_1);
  with_sessions.on_proven(own);
  EXPECT_EQ(with_sessions.cloning(Flavour::isolated_1_session), &own);
  EXPECT_EQ(with_sessions.cloning(Flavour::session), &shared);
  std::vector<Flavour> ready;
  while (const auto sent = next_sent()) ready.push_back(sent->message.flavour);
  EXPECT_THAT(ready, ElementsAre(Flavour::isolated_1, Flavour::isolated_1_session));
}

TEST_F(FleetOfOwners, EndsTheZygoteThatIsWithdrawnAndStartsAnotherForTheNext) {
  offer(Flavour::isolated_1);
  serve();
  const ZygoteProcess& old = zygote();
  withdraw(Flavour::isolated_1);
  EXPECT_EQ(old.state, ZygoteState::ended);
  fleet.keep();
  EXPECT_EQ(started.size(), 1U);
  offer(Flavour::isolated_1);
  EXPECT_EQ(fleet.cloning(Flavour::isolated_1), nullptr);
  fleet.keep();
  EXPECT_EQ(started.size(), 1U) << "without a pause";
  time += Fleet::kFirstRetryPause;
  fleet.keep();
  EXPECT_EQ(started.size(), 2U);
  EXPECT_NE(fleet.serving(Flavour::light), nullptr);
}

TEST_F(FleetOfOwners, EndsAZygoteThatIsWithdrawnBeforeItServes) {
  offer(Flavour::isolated_1);
  start_proof();
  withdraw(Flavour::isolated_1);
  EXPECT_EQ(zygote().state, ZygoteState::ended);
}

TEST_F(FleetOfOwners, TakesNoOrderForWhatIsNotOneOwners) {
  for (const Flavour flavour : {Flavour::full, Flavour::session, Flavour::isolated_1_session}) {
    offer(flavour);
  }
  withdraw(Flavour::light);
  fleet.keep();
  EXPECT_TRUE(started.empty());
  EXPECT_NE(fleet.serving(Flavour::light), nullptr);
}

TEST_F(FleetOfOwners, TakesNoneWhereThereAreNoKeys) {
  Fleet without_keys(
      {.offers_full = false}, [this](const NextZygote& next) { return start(next); }, cells, server,
      now);
  without_keys.keep();
  without_keys.on_proven(*without_keys.all().back());
  without_keys.offer(Flavour::isolated_1);
  without_keys.keep();
  ASSERT_EQ(started.size(), 2U);
  EXPECT_EQ(started.back().flavour, Flavour::light);
}

TEST_F(FleetOfOwners, GoesOnServingWhereOnesZygoteCannotStart) {
  start_error = Error{"--nsjail /nowhere", ENOENT, {}};
  offer(Flavour::isolated_1);
  fleet.keep();
  EXPECT_FALSE(fleet.can_never_serve());
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
}

}  // namespace
}  // namespace forkjail::supervisor
