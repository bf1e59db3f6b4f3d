#include "server/cell_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <set>

#include "fake_cells.h"

namespace forkjail::server {
namespace {

using protocol::FrameType;
using testing::ElementsAre;
using testing::HasSubstr;

class CellPoolTest : public testing::Test {
 protected:
  ~CellPoolTest() override { loop.destroy_pending(); }
  void SetUp() override { spdlog::set_level(spdlog::level::off); }

  FakeCell start_cell(protocol::CellId id) {
    auto [cell, fds] = make_fake_cell();
    pool.on_cell_started(id, 0, std::move(fds));
    return std::move(cell);
  }
  FakeCell park_cell(protocol::CellId id) {
    FakeCell cell = start_cell(id);
    cell.say(FrameType::parked);
    settle(loop);
    return cell;
  }

  Loop loop;
  FakeMaker maker;
  CellPool pool{loop.get_executor(), {.parked_target = 2, .cells_max = 4, .making_max = 2}, maker};
};

TEST_F(CellPoolTest, OrdersNothingBeforeAWorkerIsReady) {
  EXPECT_EQ(maker.spawns, 0);
  EXPECT_THAT(pool.not_ready_reason().value_or(""), HasSubstr("starting"));
  pool.on_worker_ready({});
  EXPECT_EQ(maker.spawns, 2);
}

TEST_F(CellPoolTest, GivesOutACellOnlyAfterItSaidThatItIsParked) {
  pool.on_worker_ready({});
  const FakeCell cell = start_cell(1);
  settle(loop);
  EXPECT_FALSE(pool.take());
  EXPECT_TRUE(pool.not_ready_reason());
  cell.say(FrameType::parked);
  settle(loop);
  EXPECT_FALSE(pool.not_ready_reason());
  EXPECT_EQ(pool.take().cell().id(), 1U);
}

TEST_F(CellPoolTest, GivesOutTheCellThatIsParkedLongest) {
  pool.on_worker_ready({});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  EXPECT_EQ(pool.take().cell().id(), 1U);
}

TEST_F(CellPoolTest, RefillsWhenACellComesBackAndNotWhenItIsTaken) {
  pool.on_worker_ready({});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  ASSERT_EQ(maker.spawns, 2);
  CellLease lease = pool.take();
  EXPECT_EQ(maker.spawns, 2);
  lease.give_back();
  EXPECT_EQ(maker.spawns, 3);
}

TEST_F(CellPoolTest, RefillsAMomentLaterWhenARunIsALongOne) {
  pool.on_worker_ready({});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  const CellLease lease = pool.take();
  EXPECT_EQ(maker.spawns, 2);
  run_until(loop, [this] { return maker.spawns == 3; });
}

TEST_F(CellPoolTest, RefillsWhileCellsAreInUseOnceItRunsLow) {
  pool.on_worker_ready({});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  const CellLease a = pool.take();
  const CellLease b = pool.take();
  EXPECT_EQ(maker.spawns, 4);
}

TEST_F(CellPoolTest, EndsEachCellExactlyOnce) {
  pool.on_worker_ready({});
  const FakeCell cell = park_cell(1);
  CellLease lease = pool.take();
  lease.end_cell();
  lease.end_cell();
  lease.give_back();
  EXPECT_THAT(maker.ended, ElementsAre(1));
}

TEST_F(CellPoolTest, DoesNotEndACellThatEndedByItself) {
  pool.on_worker_ready({});
  const FakeCell cell = park_cell(1);
  CellLease lease = pool.take();
  pool.on_cell_ended(1, {});
  lease.give_back();
  EXPECT_TRUE(maker.ended.empty());
}

TEST_F(CellPoolTest, CountsADyingCellAsLiveUntilItIsGone) {
  pool.on_worker_ready({});
  std::vector<FakeCell> cells;
  for (protocol::CellId id = 1; id <= 2; ++id) cells.push_back(park_cell(id));
  CellLease a = pool.take();
  CellLease b = pool.take();
  for (protocol::CellId id = 3; id <= 4; ++id) cells.push_back(park_cell(id));
  CellLease c = pool.take();
  EXPECT_EQ(maker.spawns, 4);  // cells_max
  a.give_back();
  EXPECT_EQ(maker.spawns, 4);
  pool.on_cell_ended(1, {});
  run_until(loop, [this] { return maker.spawns == 5; });
}

TEST_F(CellPoolTest, DropsAParkedCellThatDiesOrSpeaks) {
  pool.on_worker_ready({});
  FakeCell dead = park_cell(1);
  const FakeCell talker = park_cell(2);
  dead.die();
  talker.say(FrameType::value, "1");
  settle(loop);
  EXPECT_FALSE(pool.take());
  EXPECT_EQ(std::set<protocol::CellId>(maker.ended.begin(), maker.ended.end()),
            (std::set<protocol::CellId>{1, 2}));
}

TEST_F(CellPoolTest, BacksOffAndIsNotReadyAfterFailuresInARow) {
  pool.on_worker_ready({});
  ASSERT_EQ(maker.spawns, 2);
  pool.on_spawn_failed(Error{"clone", EAGAIN, {}});
  pool.on_spawn_failed(Error{"clone", EAGAIN, {}});
  EXPECT_EQ(maker.spawns, 2);  // none at once
  run_until(loop, [this] { return maker.spawns == 4; });
  FakeCell broken = start_cell(1);
  protocol::SetupFailure failure{EPERM, {}};
  std::string_view("mount scratch").copy(failure.step.data(), 13);
  broken.say(FrameType::setup_failed, {reinterpret_cast<const char*>(&failure), sizeof failure});
  settle(loop);
  EXPECT_THAT(pool.not_ready_reason().value_or(""), HasSubstr("mount scratch: Operation not"));
}

TEST_F(CellPoolTest, IsReadyAgainAfterACellParked) {
  pool.on_worker_ready({});
  for (int i = 0; i < 5; ++i) pool.on_spawn_failed(Error{"clone", EAGAIN, {}});
  ASSERT_TRUE(pool.not_ready_reason());
  const FakeCell cell = park_cell(1);
  EXPECT_FALSE(pool.not_ready_reason());
}

TEST_F(CellPoolTest, MakesMoreForThoseWhoWait) {
  pool.on_worker_ready({});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  const CellLease a = pool.take();
  ASSERT_EQ(maker.spawns, 2);
  pool.set_waiting(1);
  EXPECT_EQ(maker.spawns, 3);
}

TEST_F(CellPoolTest, ReplacesCellsOfAnEarlierWorkerOneByOne) {
  pool.on_worker_ready({});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  pool.on_worker_ready({});
  EXPECT_EQ(maker.spawns, 4);
  EXPECT_TRUE(maker.ended.empty());
  const FakeCell third = park_cell(3);
  EXPECT_THAT(maker.ended, ElementsAre(1));
  const FakeCell fourth = park_cell(4);
  EXPECT_THAT(maker.ended, ElementsAre(1, 2));
}

}  // namespace
}  // namespace forkjail::server
