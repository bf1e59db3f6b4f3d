#include "supervisor/zygote_channel.h"

#include <gmock/gmock.h>

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ZygoteChannelTest : public SupervisorParts {
 protected:
  // It was ended for what it sent.
  void expect_ended(const std::string& reason) {
    EXPECT_EQ(zygote().state, ZygoteState::ended);
    const auto sent = next_sent();
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->message.verb, SupervisorVerb::zygote_failed);
    EXPECT_THAT(sent->text, HasSubstr(reason));
  }
};

TEST_F(ZygoteChannelTest, CellThatExitsBeforeItWasClonedEndsTheZygote) {
  serve();
  sent_verbs();
  const FakeOrder order = ordered();
  fake().send_exited(order);
  read();
  expect_ended("an unexpected message");
}

TEST_F(ZygoteChannelTest, CellThatIsClonedTwiceEndsTheZygote) {
  serve();
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  sent_verbs();
  fake().send_cloned(order, cell);
  read();
  expect_ended("an unexpected message");
}

TEST_F(ZygoteChannelTest, CloneThatFailsAfterItWasMadeEndsTheZygote) {
  serve();
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  sent_verbs();
  fake().send({.verb = ZygoteVerb::clone_failed, .cell = order.message.cell});
  read();
  expect_ended("an unexpected message");
}

TEST_F(ZygoteChannelTest, MessageOfNoCellIsIgnored) {
  serve();
  sent_verbs();
  fake().send({.verb = ZygoteVerb::exited, .cell = 99});
  read();
  EXPECT_EQ(zygote().state, ZygoteState::ready);
  EXPECT_THAT(sent_verbs(), IsEmpty());
}

TEST_F(ZygoteChannelTest, MessageOfAnotherZygotesCellIsIgnored) {
  serve();
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  start_proof();  // of the zygote that is to replace it
  sent_verbs();
  fake().send_exited(order);
  read();
  EXPECT_NE(find(order), nullptr);
  EXPECT_EQ(zygote().state, ZygoteState::proving);
  EXPECT_THAT(sent_verbs(), IsEmpty());
}

TEST_F(ZygoteChannelTest, OrderSentByAZygoteEndsIt) {
  fleet.keep();
  fake().send({.verb = ZygoteVerb::clone});
  read();
  expect_ended("unknown verb");
}

TEST_F(ZygoteChannelTest, ZygoteThatClosesItsSocketIsEnded) {
  serve();
  sent_verbs();
  fake().close_control();
  read();
  expect_ended("the zygote closed its socket");
}

TEST_F(ZygoteChannelTest, NothingToReadIsNoEnd) {
  fleet.keep();
  read();
  EXPECT_EQ(zygote().state, ZygoteState::starting);
}

TEST_F(ZygoteChannelTest, CloneThatFailsCostsThatCellAlone) {
  serve();
  sent_verbs();
  const FakeOrder order = ordered();
  fake().send({.verb = ZygoteVerb::clone_failed, .sys_errno = EAGAIN, .cell = order.message.cell});
  read();
  EXPECT_EQ(find(order), nullptr);
  EXPECT_EQ(zygote().state, ZygoteState::ready);
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::spawn_failed));
}

TEST_F(ZygoteChannelTest, VerdictThatWasNotReadYetCountsBeforeTheExitOfItsCell) {
  start_proof();
  park_proof_cell();
  proof_order->send_frame(FrameType::value, "\"\"");
  fake().send_exited(*proof_order);
  read();  // the zygote's report first, as after a poll(2) that came too early
  EXPECT_EQ(zygote().state, ZygoteState::ready);
}

}  // namespace
}  // namespace forkjail::supervisor
