// What happens to a session's run that has replied and computes on.
#include "server/sessions/settling_run.h"

#include <gtest/gtest.h>

#include <optional>

#include "unit/server/session_cell_fixture.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;
using protocol::KeeperVerb;

class SettlingRunTest : public SessionCellTest {
 protected:
  ~SettlingRunTest() override { settling.reset(); }
  // A run has replied, and its keeper has reported nothing yet.
  void reply_and_settle(const SettlingRun::Times& times) {
    start(false);
    cell.answer("1");
    finish();
    settling.emplace(loop.get_executor(), *held, times);
    settling->begin();
  }

  std::optional<SettlingRun> settling;
};

TEST_F(SettlingRunTest, IsNamedALongRunOnceItLasts) {
  reply_and_settle({.lasts = 1ms});
  run_until(loop, [this] { return !maker.lasting.empty(); });
  EXPECT_TRUE(further_orders().empty());
  keeper_reports_return();
  keeper_reports_idle();
  EXPECT_EQ(maker.long_over, maker.lasting);
}

TEST_F(SettlingRunTest, IsStoppedIfItDoesNotReturn) {
  reply_and_settle({.lasts = 1ms, .stopped = 2ms});
  std::vector<KeeperVerb> orders;
  run_until(loop, [&] {
    if (orders.empty()) orders = further_orders();
    return !orders.empty();
  });
  EXPECT_EQ(orders, std::vector{KeeperVerb::stop});
}

TEST_F(SettlingRunTest, IsLostWhereTheKeeperTellsNoEnd) {
  reply_and_settle({.lasts = 1ms, .stopped = 2ms, .lost = 3ms});
  run_until(loop, [this] { return held->gone(); });
  EXPECT_TRUE(held->is_settled());
}

TEST_F(SettlingRunTest, IsLeftAloneOnceItHasSettled) {
  reply_and_settle({.lasts = 20ms, .stopped = 20ms, .lost = 20ms});
  settling->end();
  loop.restart();
  loop.run_for(60ms);
  EXPECT_TRUE(maker.lasting.empty());
  EXPECT_TRUE(further_orders().empty());
  EXPECT_FALSE(held->gone());
}

}  // namespace
}  // namespace forkjail::server
