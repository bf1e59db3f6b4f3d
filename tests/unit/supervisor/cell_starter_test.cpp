#include "supervisor/cell_starter.h"

#include <gmock/gmock.h>

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CellStarterTest : public SupervisorParts {
 protected:
  void SetUp() override {
    serve();
    sent_verbs();
  }
};

TEST_F(CellStarterTest, OrderNamesTheCellAndTheUserOfItsSlot) {
  const FakeOrder order = ordered();
  EXPECT_EQ(order.message.verb, ZygoteVerb::clone);
  ASSERT_NE(find(order), nullptr);
  EXPECT_EQ(order.message.uid, find(order)->uid_in_jail);
}

TEST_F(CellStarterTest, PipesOfACloneGoToTheServer) {
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  const auto sent = next_sent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, SupervisorVerb::cell_started);
  EXPECT_EQ(sent->message.cell, order.message.cell);
  EXPECT_EQ(sent->message.pid, cell.pid());
  ASSERT_EQ(sent->fds.size(), protocol::kCellFdCount);
  // The other ends of these pipes are the zygote's.
  ASSERT_EQ(::write(sent->fds[protocol::kRequestWrite].get(), "q", 1), 1);
  EXPECT_TRUE(is_readable(order.request.get()));
  order.send_bytes("r");
  EXPECT_TRUE(is_readable(sent->fds[protocol::kReplyRead].get()));
  ASSERT_EQ(::write(order.out.get(), "o", 1), 1);
  EXPECT_TRUE(is_readable(sent->fds[protocol::kStdoutRead].get()));
  ASSERT_EQ(::write(order.err.get(), "e", 1), 1);
  EXPECT_TRUE(is_readable(sent->fds[protocol::kStderrRead].get()));
}

TEST_F(CellStarterTest, CloneWithoutAFreeSlotFails) {
  std::vector<FakeOrder> held;
  for (std::uint32_t i = 0; i < kSlots; ++i) held.push_back(ordered());
  EXPECT_THAT(sent_verbs(), IsEmpty());
  send_order({.verb = ServerVerb::spawn, .flavour = Flavour::light});
  EXPECT_FALSE(fake().order());
  const auto sent = next_sent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, SupervisorVerb::spawn_failed);
  EXPECT_EQ(sent->message.sys_errno, EAGAIN);
}

TEST_F(CellStarterTest, ZygoteThatNamesNoProcessIsEnded) {
  const FakeOrder order = ordered();
  fake().send({.verb = ZygoteVerb::cloned, .cell = order.message.cell});
  read();
  EXPECT_EQ(zygote().state, ZygoteState::ended);
  EXPECT_THAT(next_sent()->text, HasSubstr("not a child of the zygote"));
}

// Without namespaces a number could be any process of the host.
TEST_F(CellStarterTest, ZygoteThatNamesAProcessOfOthersIsEnded) {
  CellStarter open(false, cells, fleet, server, memory_watch, attended);
  const FakeOrder order = ordered();
  const FakeCell of_the_host;  // the test's own child
  Packet packet;
  open.on_cloned(*find(order),
                 {.verb = ZygoteVerb::cloned, .cell = order.message.cell, .pid = of_the_host.pid()},
                 packet);
  EXPECT_EQ(zygote().state, ZygoteState::ended);
  EXPECT_FALSE(find(order)->process.exists());
  EXPECT_FALSE(of_the_host.is_dead());
}

TEST_F(CellStarterTest, CellWhoseDescriptorWasLostIsGivenUp) {
  const FakeOrder order = ordered();
  Packet packet;
  packet.fds_lost = true;
  starter.on_cloned(*find(order), {.verb = ZygoteVerb::cloned, .cell = order.message.cell}, packet);
  EXPECT_EQ(zygote().state, ZygoteState::ready) << "it costs that cell alone";
  EXPECT_EQ(next_sent()->message.sys_errno, EMFILE);
  EXPECT_NE(find(order), nullptr) << "it keeps its slot until it is gone";
  fake().send_exited(order);
  read();
  EXPECT_EQ(find(order), nullptr);
  EXPECT_THAT(sent_verbs(), IsEmpty()) << "the server was told already";
}

TEST_F(CellStarterTest, OrderThatIsGivenUpIsReportedOnceAndEndsItsPipe) {
  const FakeOrder order = ordered();
  starter.give_up(*find(order), Error{"clone", 0, "the zygote does not answer"});
  starter.give_up(*find(order), Error{"clone", 0, "again"});
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::spawn_failed));
  char byte = 0;
  EXPECT_EQ(::read(order.request.get(), &byte, 1), 0) << "a late cell ends by this end of file";
}

TEST_F(CellStarterTest, LateCloneOfAGivenUpOrderIsKilledAndFreesItsSlot) {
  const FakeOrder order = ordered();
  starter.give_up(*find(order), Error{"clone", 0, "the zygote does not answer"});
  sent_verbs();
  const FakeCell cell;
  fake().send_cloned(order, cell);
  read();
  cell.wait_until_dead();
  fake().send_exited(order);
  read();
  EXPECT_EQ(find(order), nullptr);
  EXPECT_THAT(sent_verbs(), IsEmpty()) << "the server never heard of it";
}

TEST_F(CellStarterTest, RetiredZygoteWhoseLastOrderFailsIsEnded) {
  const FakeOrder order = ordered();
  ZygoteProcess& retired = zygote();
  retired.state = ZygoteState::retired;
  starter.on_clone_failed(*find(order), Error{"clone", EAGAIN, {}});
  EXPECT_EQ(retired.state, ZygoteState::ended);
}

TEST_F(CellStarterTest, CloneAfterTheServerIsGoneClosesTheChannel) {
  const FakeOrder order = ordered();
  const FakeCell cell;
  server_end.reset();
  fake().send_cloned(order, cell);
  read();
  EXPECT_FALSE(server.is_open());
}

}  // namespace
}  // namespace forkjail::supervisor
