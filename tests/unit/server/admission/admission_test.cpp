#include "server/admission/admission.h"

#include <gmock/gmock.h>

#include "unit/server/admission/admission_fixture.h"

namespace forkjail::server {
namespace {

using testing::HasSubstr;

TEST_F(AdmissionTest, GivesAParkedCellAtOnce) {
  park_cell();
  ask();
  EXPECT_TRUE(admitted(0));
  EXPECT_EQ(admission.running(), 1U);
}

TEST_F(AdmissionTest, HoldsRequestsUntilACellParks) {
  ask();
  EXPECT_FALSE(answers[0]);
  EXPECT_EQ(admission.queued(), 1U);
  park_cell();
  settle(loop);
  EXPECT_TRUE(admitted(0));
}

TEST_F(AdmissionTest, BoundsTheRunsAndServesTheQueueInOrder) {
  for (int i = 0; i < 4; ++i) park_cell();
  for (int i = 0; i < 4; ++i) ask();
  EXPECT_TRUE(admitted(0) && admitted(1));
  EXPECT_FALSE(answers[2] || answers[3]);
  std::get<Admitted>(*answers[0]).give_back();
  settle(loop);
  EXPECT_TRUE(admitted(2));
  EXPECT_FALSE(answers[3]);
  EXPECT_EQ(admission.running(), 2U);
}

TEST_F(AdmissionTest, LetsALightScriptPassOneThatWaitsForAFullCell) {
  ask(Flavour::full);
  park_cell(Flavour::light);
  EXPECT_FALSE(answers[0]);
  ask(Flavour::light);
  EXPECT_TRUE(admitted(1));
  park_cell(Flavour::full);
  EXPECT_TRUE(admitted(0));
}

TEST_F(AdmissionTest, GivesAFullCellToTheOneWhoWaitsForItAndNotToALaterLightScript) {
  ask(Flavour::full);
  ask(Flavour::light);
  park_cell(Flavour::full);
  EXPECT_TRUE(admitted(0));
  EXPECT_FALSE(answers[1]);
}

TEST_F(AdmissionTest, GivesTheRightToRunAloneWhereACellIsHeld) {
  ask_held();
  ASSERT_TRUE(admitted(0));
  EXPECT_FALSE(std::get<Admitted>(*answers[0]).cell);
  EXPECT_EQ(admission.running(), 1U);
  std::get<Admitted>(*answers[0]).give_back();
  EXPECT_EQ(admission.running(), 0U);
  EXPECT_TRUE(maker.ended.empty());
}

TEST_F(AdmissionTest, ServesHeldAndOtherCellsInOneQueue) {
  for (int i = 0; i < 3; ++i) park_cell();
  for (int i = 0; i < 2; ++i) ask();
  ask_held();
  ask();
  EXPECT_FALSE(answers[2] || answers[3]);
  std::get<Admitted>(*answers[0]).give_back();
  settle(loop);
  EXPECT_TRUE(admitted(2));
  EXPECT_FALSE(answers[3]);
  ask_held();
  ask_held();
  EXPECT_THAT(refusal(5), HasSubstr("queue is full"));
  std::get<Admitted>(*answers[1]).give_back();
  settle(loop);
  EXPECT_TRUE(admitted(3));
  EXPECT_EQ(admission.queued(), 1U);
}

TEST_F(AdmissionTest, LetsAHeldCellPassARequestThatWaitsForOne) {
  ask();
  ask_held();
  EXPECT_FALSE(answers[0]);
  EXPECT_TRUE(admitted(1));
}

TEST_F(AdmissionTest, RefusesAtOnceWhenTheQueueIsFull) {
  for (int i = 0; i < 3; ++i) ask();
  EXPECT_THAT(refusal(2), HasSubstr("queue is full"));
}

TEST_F(AdmissionTest, ReportsAheadThatItWouldRefuseAnyRequest) {
  for (int i = 0; i < 2; ++i) park_cell();
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(admission.refuses_all()) << i;
    ask();  // two run, two wait
  }
  ASSERT_TRUE(admission.refuses_all());
  EXPECT_EQ(admission.refuses_all()->reason, Refusal::queue_full);
  admission.close();
  EXPECT_EQ(admission.refuses_all()->reason, Refusal::shutting_down);
}

TEST_F(AdmissionTest, DoesNotRefuseAheadWhatCouldPassTheFullQueue) {
  for (int i = 0; i < 2; ++i) ask(Flavour::full);
  EXPECT_FALSE(admission.refuses_all());
  park_cell(Flavour::light);
  ask(Flavour::light);
  EXPECT_TRUE(admitted(2));
}

TEST_F(AdmissionTest, RefusesAfterTheLongestWait) {
  ask();
  run_until(loop, [this] { return answers[0].has_value(); });
  EXPECT_THAT(refusal(0), HasSubstr("not ready: the first cell is starting"));
  EXPECT_EQ(admission.queued(), 0U);
}

TEST_F(AdmissionTest, RefusesAtOnceWhileZygotesFailOneAfterTheOther) {
  pool.on_zygote_failed(Flavour::full, "killed");
  ask(Flavour::full);
  EXPECT_FALSE(answers[0]);  // the next try may do better
  pool.on_zygote_failed(Flavour::full, "no such module");
  settle(loop);
  EXPECT_THAT(refusal(0), HasSubstr("not ready: no cell can be started: no such module"));
  ask(Flavour::full);
  EXPECT_THAT(refusal(1), HasSubstr("no such module"));
  EXPECT_EQ(admission.queued(), 0U);
  ask(Flavour::light);
  EXPECT_FALSE(answers[2]);
  pool.on_zygote_ready(Flavour::full, {});
  ask(Flavour::full);
  EXPECT_FALSE(answers[3]);
}

TEST_F(AdmissionTest, LetsALightScriptWaitForAFullCellWhereLightZygotesFail) {
  for (int i = 0; i < 2; ++i) pool.on_zygote_failed(Flavour::light, "broken");
  ask(Flavour::light);
  EXPECT_FALSE(answers[0]);
  park_cell(Flavour::full);
  EXPECT_TRUE(admitted(0));
  for (int i = 0; i < 2; ++i) pool.on_zygote_failed(Flavour::full, "broken, too");
  ask(Flavour::light);
  EXPECT_THAT(refusal(1), HasSubstr("not ready"));
}

TEST_F(AdmissionTest, ForgetsAWaiterWhoseClientLeft) {
  ask();
  interruption.raise(InterruptReason::client_gone);
  settle(loop);
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(admission.queued(), 0U);
  park_cell();
  EXPECT_EQ(admission.running(), 0U);
}

TEST_F(AdmissionTest, RefusesEverybodyOnceClosed) {
  park_cell();
  admission.close();
  ask();
  EXPECT_THAT(refusal(0), HasSubstr("shutting down"));
}

TEST_F(AdmissionTest, DropsWhatWasPutAsideAMomentLater) {
  park_cell();
  ask();
  finish_later(0);
  EXPECT_EQ(admission.running(), 1U);
  run_until(loop, [this] { return admission.running() == 0; });
  EXPECT_EQ(admission.running(), 0U);
  EXPECT_EQ(maker.ended.size(), 1U);
}

TEST_F(AdmissionTest, DropsWhatWasPutAsideAtOnceForOneWhoWaits) {
  for (int i = 0; i < 3; ++i) park_cell();
  for (int i = 0; i < 3; ++i) ask();
  EXPECT_FALSE(answers[2]);
  finish_later(0);
  settle(loop);
  EXPECT_TRUE(admitted(2));
}

TEST_F(AdmissionTest, DropsWhatWasPutAsideBeforeAnybodyWouldHaveToWait) {
  for (int i = 0; i < 3; ++i) park_cell();
  for (int i = 0; i < 2; ++i) ask();
  finish_later(0);
  ask();
  EXPECT_TRUE(admitted(2));
  EXPECT_EQ(admission.running(), 2U);
}

TEST_F(AdmissionTest, LetsOneWithoutRunsPassTheFloodOfAnother) {
  const auto flood = std::make_shared<Party>();
  const auto other = std::make_shared<Party>();
  for (int i = 0; i < 4; ++i) park_cell();
  for (int i = 0; i < 4; ++i) ask(Flavour::light, flood);  // two run, two wait, the queue is full
  EXPECT_TRUE(admission.refuses_all(flood));
  EXPECT_FALSE(admission.refuses_all(other));
  ask(Flavour::light, other);  // in the reserve
  EXPECT_TRUE(admitted(4));
  EXPECT_EQ(admission.running(), 3U);
  std::get<Admitted>(*answers[4]).give_back();
  EXPECT_EQ(other->running(), 0U);
  EXPECT_FALSE(answers[2] || answers[3]);
}

TEST_F(AdmissionTest, RefusesTheOneWhoFilledTheQueueForOneWhoDidNot) {
  const auto flood = std::make_shared<Party>();
  const auto other = std::make_shared<Party>();
  for (int i = 0; i < 2; ++i) ask(Flavour::light, flood);
  ask(Flavour::light, other);
  settle(loop);
  EXPECT_FALSE(answers[0] || answers[2]);
  EXPECT_THAT(refusal(1), HasSubstr("queue is full"));
  EXPECT_EQ(admission.queued(), 2U);
  ask(Flavour::light, flood);
  EXPECT_THAT(refusal(3), HasSubstr("queue is full"));
}

TEST_F(AdmissionTest, HoldsAPartyToItsOwnBounds) {
  const auto party = std::make_shared<Party>(PartyTerms{.running_max = 1, .queue_max = 1});
  for (int i = 0; i < 2; ++i) park_cell();
  for (int i = 0; i < 3; ++i) ask(Flavour::light, party);
  EXPECT_TRUE(admitted(0));
  EXPECT_FALSE(answers[1]);
  EXPECT_EQ(std::get<Refused>(*answers[2]).reason, Refusal::own_queue_full);
  EXPECT_EQ(status_of(Refusal::own_queue_full), 429U);
  EXPECT_EQ(admission.refuses_all(party)->reason, Refusal::own_queue_full);
  ask();
  EXPECT_TRUE(admitted(3));
  std::get<Admitted>(*answers[0]).give_back();
  EXPECT_FALSE(answers[1]);  // no cell is left
  park_cell();
  EXPECT_TRUE(admitted(1));
}

}  // namespace
}  // namespace forkjail::server
