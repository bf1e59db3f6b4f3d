// A run whose output is reported as it comes, to a client that may have no room for it.
#include "server/run/run_events.h"

#include "unit/server/run/run_fixture.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;

struct RunEventsTest : RunTest {
  RunEventsTest() { events = &listener; }
};

TEST_F(RunEventsTest, ReportsTheBeginningAndOutputUpToItsLimit) {
  request.limits.output_bytes = 4;
  start();
  EXPECT_EQ(listener.begun, 1);
  FakeCell::write(cell.out, "123");
  run_until(loop, [this] { return listener.out == "123"; });
  FakeCell::write(cell.out, "456");
  FakeCell::write(cell.err, "warn");
  cell.answer("1");
  finish();
  EXPECT_EQ(listener.out, "1234");
  EXPECT_EQ(listener.err, "warn");
  EXPECT_TRUE(report->output.out.truncated);
}

TEST_F(RunEventsTest, DoesNotBeginInADeadCell) {
  cell.die();
  start();
  finish();
  EXPECT_EQ(listener.begun, 0);
}

TEST_F(RunEventsTest, LeavesOutputInThePipeUntilThereIsRoom) {
  start();
  listener.room = false;
  FakeCell::write(cell.out, "later");
  settle(loop);
  EXPECT_EQ(listener.out, "");
  listener.make_room();
  run_until(loop, [this] { return listener.out == "later"; });
  FakeCell::write(cell.out, ", at once");
  cell.answer("1");
  finish();
  EXPECT_EQ(listener.out, "later, at once");
}

TEST_F(RunEventsTest, ReportsWhatAFinishedRunHasLeft) {
  start();
  listener.room = false;
  FakeCell::write(cell.out, "left");
  settle(loop);
  cell.answer("1");
  finish();
  EXPECT_EQ(listener.out, "left");
  EXPECT_EQ(report->output.out.bytes, "left");
}

TEST_F(RunEventsTest, WallTimeGoesOnWhileThereIsNoRoom) {
  request.limits.wall_time = 30ms;
  start();
  listener.room = false;
  FakeCell::write(cell.out, "left");
  run_until(loop, [this] { return was_ended(); });
  end_of_cell();
  finish();
  EXPECT_EQ(report->evidence.ended_by, EndedBy::wall_time);
  EXPECT_EQ(listener.out, "left");
}

TEST_F(RunEventsTest, NoticesTheDeathOfACellThatIsNotRead) {
  start();
  listener.room = false;
  FakeCell::write(cell.out, "left");
  settle(loop);
  end_of_cell();
  finish();
  EXPECT_TRUE(std::holds_alternative<NoReply>(report->evidence.reply));
  EXPECT_EQ(listener.out, "left");
}

TEST_F(RunEventsTest, EndsAFloodAlthoughThereIsNoRoom) {
  request.limits.output_bytes = 1;
  start();
  FakeCell::write(cell.out, "x");
  run_until(loop, [this] { return listener.out == "x"; });
  listener.room = false;
  flood_until_ended();
  EXPECT_EQ(report->evidence.ended_by, EndedBy::output_flood);
  EXPECT_EQ(listener.out, "x");
}

}  // namespace
}  // namespace forkjail::server
