#include "supervisor/server_orders.h"

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

class ServerOrdersTest : public SupervisorParts {};

TEST_F(ServerOrdersTest, SpawnFailsWhereNoZygoteServes) {
  send_order({.verb = ServerVerb::spawn, .flavour = Flavour::full});
  const auto sent = next_sent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, SupervisorVerb::spawn_failed);
  EXPECT_EQ(sent->message.sys_errno, EAGAIN);
  EXPECT_EQ(sent->message.flavour, Flavour::full);
}

TEST_F(ServerOrdersTest, EndKillsTheCellAndNoOther) {
  serve();
  const FakeCell first;
  const FakeCell second;
  const FakeOrder order = cloned(first);
  const FakeOrder other = cloned(second);
  send_order({.verb = ServerVerb::end, .cell = order.message.cell});
  first.wait_until_dead();
  EXPECT_TRUE(find(order)->told_to_end);
  EXPECT_FALSE(find(other)->told_to_end);
  EXPECT_FALSE(second.is_dead());
}

TEST_F(ServerOrdersTest, EndOfACellThatIsGoneDoesNothing) {
  send_order({.verb = ServerVerb::end, .cell = 99});
  EXPECT_TRUE(sent_verbs().empty());
}

TEST_F(ServerOrdersTest, MemoryLimitIsLoweredAndNeverRaised) {
  serve();
  sent_verbs();
  const FakeOrder order = ordered();
  for (const std::uint64_t bytes : {kMemoryMax / 2, kMemoryMax * 2}) {
    send_order({.verb = ServerVerb::limit_memory, .cell = order.message.cell, .value = bytes});
    const auto sent = next_sent();
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->message.verb, SupervisorVerb::memory_limited);
    EXPECT_EQ(sent->message.sys_errno, 0);
    EXPECT_EQ(find(order)->memory_bytes_max, std::min(bytes, kMemoryMax));
  }
}

TEST_F(ServerOrdersTest, MemoryLimitOfACellThatIsGoneIsAnError) {
  send_order({.verb = ServerVerb::limit_memory, .cell = 99, .value = 1});
  EXPECT_EQ(next_sent()->message.sys_errno, ESRCH);
}

TEST_F(ServerOrdersTest, RunThatLastsIsWatchedUntilItIsOver) {
  serve();
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  send_order({.verb = ServerVerb::run_lasts, .cell = id});
  for (int i = 0; i < 4; ++i) {
    time += LongRuns::kPause;
    long_runs.look();
  }
  EXPECT_EQ(put_behind, std::vector{id});
  send_order({.verb = ServerVerb::run_waits, .cell = id});
  EXPECT_EQ(looked_at_again, std::vector{id});
  send_order({.verb = ServerVerb::long_run_over, .cell = id});
  EXPECT_EQ(put_behind, (std::vector{id, id}));
  EXPECT_FALSE(long_runs.time_to_next_look());
}

TEST_F(ServerOrdersTest, KeysThatCannotBeOpenedAreAnError) {
  send_order({.verb = ServerVerb::open_keys});
  const auto sent = next_sent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, SupervisorVerb::keys_opened);
  EXPECT_EQ(sent->message.sys_errno, ENOENT);
  EXPECT_TRUE(sent->fds.empty());
}

}  // namespace
}  // namespace forkjail::supervisor
