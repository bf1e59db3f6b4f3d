#include "supervisor/server_channel.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "base/pipe.h"
#include "base/unix_socket.h"
#include "protocol/packets.h"
#include "protocol/wire.h"

namespace forkjail::supervisor {
namespace {

using protocol::Flavour;
using protocol::ServerMessage;
using protocol::ServerVerb;
using protocol::SupervisorMessage;
using protocol::SupervisorVerb;

class ServerChannelTest : public testing::Test {
 protected:
  std::pair<UniqueFd, UniqueFd> sockets = *make_socket_pair();
  UniqueFd server_end = std::move(sockets.first);
  ServerChannel channel{std::move(sockets.second)};
};

TEST_F(ServerChannelTest, ReceivesAnOrder) {
  const ServerMessage order{.verb = ServerVerb::limit_memory, .cell = 7, .value = 100};
  ASSERT_TRUE(send_packet(server_end.get(), protocol::as_wire(order)));
  const auto received = channel.receive();
  ASSERT_TRUE(received);
  EXPECT_EQ(received->verb, ServerVerb::limit_memory);
  EXPECT_EQ(received->cell, 7U);
  EXPECT_EQ(received->value, 100U);
}

TEST_F(ServerChannelTest, StaysOpenAfterAMalformedPacket) {
  ASSERT_TRUE(send_packet(server_end.get(), std::as_bytes(std::span("nonsense"))));
  EXPECT_FALSE(channel.receive());
  EXPECT_TRUE(channel.is_open());
}

TEST_F(ServerChannelTest, ClosesAtTheEndOfTheServer) {
  server_end.reset();
  EXPECT_TRUE(channel.is_open());
  EXPECT_FALSE(channel.receive());
  EXPECT_FALSE(channel.is_open());
}

TEST_F(ServerChannelTest, ClosesIfASendFindsNoPeer) {
  server_end.reset();
  channel.send({.verb = SupervisorVerb::removal_failed});
  EXPECT_FALSE(channel.is_open());
}

TEST_F(ServerChannelTest, KnowsWhetherItHasSentSomethingSinceItWasAsked) {
  EXPECT_FALSE(channel.take_sent());
  channel.send({.verb = SupervisorVerb::removal_failed});
  EXPECT_TRUE(channel.take_sent());
  EXPECT_FALSE(channel.take_sent());
}

TEST_F(ServerChannelTest, SendsTheReasonBehindTheMessage) {
  channel.send_spawn_failed(Flavour::full, Error{"clone", EAGAIN, {}});
  const auto packet = receive_packet(server_end.get());
  ASSERT_TRUE(packet);
  const auto decoded = protocol::decode_supervisor_packet(packet->bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->message.verb, SupervisorVerb::spawn_failed);
  EXPECT_EQ(decoded->message.flavour, Flavour::full);
  EXPECT_EQ(decoded->message.sys_errno, EAGAIN);
  EXPECT_EQ(decoded->text, Error({"clone", EAGAIN, {}}).to_string());
}

TEST_F(ServerChannelTest, ReportsWhetherACellCouldBeSent) {
  const Pipe pipe = *make_pipe();
  const int good = pipe.read_end.get();
  EXPECT_TRUE(channel.send_cell({.verb = SupervisorVerb::cell_started}, {&good, 1}));
  EXPECT_EQ(receive_packet(server_end.get())->fds.size(), 1U);
  const int bad = -1;
  EXPECT_FALSE(channel.send_cell({.verb = SupervisorVerb::cell_started}, {&bad, 1}));
  EXPECT_TRUE(channel.is_open()) << "the server is still there";
  server_end.reset();
  EXPECT_TRUE(channel.send_cell({.verb = SupervisorVerb::cell_started}, {&good, 1}));
  EXPECT_FALSE(channel.is_open());
}

// A server that is busy must not hold up the loop that ends all runs.
TEST_F(ServerChannelTest, KeepsInOrderWhatTheServerHasNoRoomFor) {
  protocol::CellId sent = 0;
  while (!channel.has_unsent()) {
    channel.send({.verb = SupervisorVerb::cell_ended, .cell = ++sent});
  }
  channel.send({.verb = SupervisorVerb::cell_ended, .cell = ++sent});
  const Pipe pipe = *make_pipe();
  const int fd = pipe.read_end.get();
  const auto cell = channel.send_cell({.verb = SupervisorVerb::cell_started}, {&fd, 1});
  ASSERT_FALSE(cell);
  EXPECT_EQ(cell.error().sys_errno, EAGAIN);
  for (protocol::CellId received = 1; received <= sent; ++received) {
    const auto packet = receive_packet(server_end.get());
    ASSERT_TRUE(packet);
    EXPECT_EQ(protocol::decode_supervisor_packet(packet->bytes)->message.cell, received);
    channel.send_rest();
  }
  EXPECT_FALSE(channel.has_unsent());
  EXPECT_TRUE(channel.send_cell({.verb = SupervisorVerb::cell_started}, {&fd, 1}));
}

TEST_F(ServerChannelTest, TakesAServerThatNeverReadsForGone) {
  while (!channel.has_unsent()) channel.send({.verb = SupervisorVerb::removal_failed});
  for (std::size_t i = 1; i < ServerChannel::kUnsentMax; ++i) {
    channel.send({.verb = SupervisorVerb::removal_failed});
  }
  EXPECT_TRUE(channel.is_open());
  channel.send({.verb = SupervisorVerb::removal_failed});
  EXPECT_FALSE(channel.is_open());
}

}  // namespace
}  // namespace forkjail::supervisor
