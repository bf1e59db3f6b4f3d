#include "supervisor/child_reaper.h"

#include <gmock/gmock.h>

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using testing::ElementsAre;

using ChildReaperTest = ReapingParts;

TEST_F(ChildReaperTest, DeathOfAZygoteIsNoticedAndItsCellsAreKilled) {
  serve();
  const FakeCell cell;
  cloned(cell);
  sent_verbs();
  fake().close_control();
  ASSERT_TRUE(is_readable(children.descriptor()));
  children.on_readable();
  EXPECT_TRUE(zygote().is_reaped());
  EXPECT_TRUE(finisher.awaits_deaths());
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
}

TEST_F(ChildReaperTest, LastReportOfAZygoteThatDiedIsNotLost) {
  serve();
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  sent_verbs();
  fake().send_exited(order, 3 << 8);
  fake().close_control();
  children.on_readable();  // before the socket was looked at
  const auto ended = next_sent();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->message.verb, SupervisorVerb::cell_ended);
  EXPECT_EQ(ended->message.wait_status, 3 << 8);
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed));
  EXPECT_FALSE(finisher.awaits_deaths());
}

TEST_F(ChildReaperTest, DeathOfAnotherChildEndsNoZygote) {
  serve();
  sent_verbs();
  const FakeCell other;
  other.kill();
  other.wait_until_dead();
  children.on_readable();
  EXPECT_FALSE(zygote().is_reaped());
  EXPECT_EQ(zygote().state, ZygoteState::ready);
}

// Without a pid namespace: the number may be another process's from then on.
TEST_F(ChildReaperTest, OrphanedCellIsNotKilledByItsNumberOnceItIsReaped) {
  serve();
  const FakeCell cell;
  const FakeOrder order = ordered();
  find(order)->process = CellProcess::by_number(cell.pid());
  cell.kill();
  cell.wait_until_dead();
  children.on_readable();
  EXPECT_EQ(find(order)->process.pid(), 0);
  EXPECT_TRUE(find(order)->process.is_dead());
}

}  // namespace
}  // namespace forkjail::supervisor
