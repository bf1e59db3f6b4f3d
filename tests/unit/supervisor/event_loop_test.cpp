#include "supervisor/event_loop.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The loop with all its parts. It is turned only where something has come, so that nothing waits.
class EventLoopTest : public ReapingParts {
 protected:
  UniqueFd null{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  LogOutput log{null.get()};
  EventLoop loop{{.log = log,
                  .cells = cells,
                  .server = server,
                  .orders = orders,
                  .fleet = fleet,
                  .prover = prover,
                  .zygotes = zygotes,
                  .finisher = finisher,
                  .children = children,
                  .watches = watches,
                  .keys = keys,
                  .long_runs = long_runs,
                  .removals = nullptr}};
};

TEST_F(EventLoopTest, TurnsTakeAZygoteFromItsStartToItsService) {
  fleet.keep();
  fake().send_ready();
  loop.turn();
  const auto order = fake().order();
  ASSERT_TRUE(order);
  const FakeCell cell;
  fake().send_cloned(*order, cell);
  loop.turn();
  order->send_frame(FrameType::parked);
  loop.turn();
  EXPECT_TRUE(is_readable(order->request.get())) << "the canaries were not sent";
  order->send_frame(FrameType::value, "\"\"");
  loop.turn();
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_ready));
}

// The cell exits right after its last frame: both are there when the loop looks.
TEST_F(EventLoopTest, LastFrameOfAProofCellCountsBeforeItsExit) {
  start_proof();
  park_proof_cell();
  proof_order->send_frame(FrameType::value, "\"\"");
  fake().send_exited(*proof_order);
  loop.turn();
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_ready));
  EXPECT_TRUE(cells.all().empty());
}

TEST_F(EventLoopTest, ProofCellThatStopsInAFrameDelaysNothing) {
  serve();
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  start_proof();  // of the zygote that is to replace it
  park_proof_cell();
  const protocol::FrameHeader header{static_cast<std::uint32_t>(FrameType::value), 2};
  proof_order->send_bytes({reinterpret_cast<const char*>(&header), sizeof header});
  const protocol::ServerMessage end{.verb = ServerVerb::end, .cell = order.message.cell};
  ASSERT_TRUE(send_packet(server_end.get(), protocol::as_wire(end)));
  loop.turn();
  cell.wait_until_dead();
}

TEST_F(EventLoopTest, CellsOfAZygoteThatDiesAreFinished) {
  serve();
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  sent_verbs();
  ZygoteProcess& lost = zygote();
  fake().close_control();
  while (find(order) != nullptr) loop.turn();
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed, SupervisorVerb::cell_ended));
  EXPECT_TRUE(std::ranges::none_of(fleet.all(), [&](auto& z) { return z.get() == &lost; }));
}

// It may wait for a processor beside a run that is behind.
TEST_F(EventLoopTest, ServerThatWasToldSomethingIsLookedAtWhileARunIsBehind) {
  serve();
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  long_runs.begin(id);
  for (int i = 0; i < 4; ++i) {
    time += LongRuns::kPause;
    long_runs.look();
  }
  (void)server.take_sent();
  send_order({.verb = ServerVerb::limit_memory, .cell = id, .value = 1});
  loop.turn();
  EXPECT_EQ(looks_at_server, 1);
}

TEST_F(EventLoopTest, RunEndsWithTheServer) {
  server_end.reset();
  loop.run();
  EXPECT_FALSE(server.is_open());
}

TEST_F(EventLoopTest, RunEndsWhereNoZygoteCanEverServe) {
  start_error = Error{"--nsjail /nowhere", ENOENT, {}};
  const protocol::ServerMessage spawn{.verb = ServerVerb::spawn};
  ASSERT_TRUE(send_packet(server_end.get(), protocol::as_wire(spawn)));  // so that it does not wait
  loop.run();
  EXPECT_EQ(next_sent()->message.verb, SupervisorVerb::cannot_serve);
}

}  // namespace
}  // namespace forkjail::supervisor
