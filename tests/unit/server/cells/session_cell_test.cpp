// A session's cell with a keeper that the test plays: what of its reports and replies counts, in
// whichever order they are read.
#include "server/cells/session_cell.h"

#include <gtest/gtest.h>

#include <csignal>
#include <vector>

#include "unit/server/session_cell_fixture.h"

namespace forkjail::server {
namespace {

using protocol::FrameType;
using protocol::KeeperReportVerb;
using protocol::KeeperVerb;
using protocol::RunEnd;

TEST_F(SessionCellTest, StaysAtTheStateOfARunWhoseReplyIsReadAfterItsReport) {
  start(false);
  FakeCell::write(cell.reply, frame_text(FrameType::value, "1"));
  keeper_reports_return();
  finish();
  EXPECT_TRUE(replied());
  EXPECT_TRUE(further_orders().empty());
}

TEST_F(SessionCellTest, StaysAtThatStateAlsoWhereTheMemoryIsMeasuredFirst) {
  start(true);
  keeper_reports_return();
  FakeCell::write(cell.reply, frame_text(FrameType::value, "1"));
  measure();
  finish();
  EXPECT_TRUE(replied());
  EXPECT_TRUE(further_orders().empty());
}

TEST_F(SessionCellTest, HasItsPlaceBackOnceARunThatLastedHasSettled) {
  let_a_long_run_return();
  EXPECT_TRUE(maker.long_over.empty());
  keeper_reports_idle();
  EXPECT_EQ(maker.long_over, maker.lasting);
}

TEST_F(SessionCellTest, HasItsPlaceBackForTheNextRunThoughTheOneBeforeHasNotSettled) {
  let_a_long_run_return();
  EXPECT_TRUE(maker.long_over.empty());
  held->plan_run({.from = 2, .new_state = 3});
  EXPECT_EQ(maker.long_over, maker.lasting);
}

TEST_F(SessionCellTest, SettlesWhenTheKeeperIsIdleAfterThatRun) {
  EXPECT_TRUE(held->is_settled());
  start(false);
  cell.answer("1");
  keeper_reports_return();
  finish();
  keeper_reports({.verb = KeeperReportVerb::kept, .state = 2});
  keeper_reports({.verb = KeeperReportVerb::idle, .run = 0, .state = 1});  // of a run before
  EXPECT_FALSE(held->is_settled());
  keeper_reports_idle();
  EXPECT_TRUE(held->is_settled());
  EXPECT_EQ(listener.settled, 1);
}

TEST_F(SessionCellTest, SettlesWithItsEnd) {
  start(false);
  cell.answer("1");
  finish();
  held->lose();
  EXPECT_TRUE(held->is_settled());
}

TEST_F(SessionCellTest, StopsARunThatHasRepliedOnlyIfItHasNotReturned) {
  start(false);
  cell.answer("1");
  finish();
  held->stop_unreturned();
  EXPECT_EQ(further_orders(), std::vector{KeeperVerb::stop});
  keeper_reports_return();
  held->stop_unreturned();
  EXPECT_TRUE(further_orders().empty());
}

TEST_F(SessionCellTest, ReportsTheStateOfARunThatIsKilledBehindItsReplyAsLost) {
  start(false);
  cell.answer("1");
  finish();
  keeper_reports({.verb = KeeperReportVerb::run_over,
                  .run = 1,
                  .state = 1,
                  .end = RunEnd::stopped,
                  .wait_status = SIGKILL});
  EXPECT_EQ(listener.lost, std::vector<protocol::StateId>{2});
  EXPECT_EQ(held->at(), 1U);
}

TEST_F(SessionCellTest, LeavesAStateThatReturnsWithoutAReply) {
  start(false);
  keeper_reports_return();
  finish();
  EXPECT_FALSE(replied());
  EXPECT_EQ(further_orders(), (std::vector{KeeperVerb::go_to, KeeperVerb::drop}));
}

TEST_F(SessionCellTest, LeavesItAlsoWhereTheMemoryIsMeasured) {
  start(true);
  keeper_reports_return();
  EXPECT_TRUE(further_orders().empty());
  measure();
  finish();
  EXPECT_FALSE(replied());
  EXPECT_EQ(further_orders(), (std::vector{KeeperVerb::go_to, KeeperVerb::drop}));
}

}  // namespace
}  // namespace forkjail::server
