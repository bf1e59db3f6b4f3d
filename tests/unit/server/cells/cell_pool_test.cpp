#include "server/cells/cell_pool.h"

#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "unit/server/cells/cell_pool_fixture.h"

namespace forkjail::server {
namespace {

using protocol::Flavour;
using protocol::FrameType;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(CellPoolTest, OrdersNothingBeforeAZygoteIsReady) {
  EXPECT_EQ(maker.spawns, 0);
  EXPECT_THAT(pool.not_ready_reason().value_or(""), HasSubstr("starting"));
  pool.on_zygote_ready(Flavour::light, {});
  EXPECT_EQ(maker.spawns, 2);
}

TEST_F(CellPoolTest, PassesOnThatNoStartCanSucceed) {
  std::string told;
  pool.on_hopeless([&](const std::string& why) { told = why; });
  pool.on_cannot_serve("--nsjail /nowhere");
  EXPECT_EQ(told, "--nsjail /nowhere");
}

TEST_F(CellPoolTest, GivesOutACellOnlyAfterItSaidThatItIsParked) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell cell = start_cell(1);
  settle(loop);
  EXPECT_FALSE(pool.take(Flavour::light));
  EXPECT_TRUE(pool.not_ready_reason());
  cell.say(FrameType::parked);
  settle(loop);
  EXPECT_FALSE(pool.not_ready_reason());
  EXPECT_EQ(pool.take(Flavour::light).cell().id(), 1U);
}

TEST_F(CellPoolTest, GivesOutTheLightCellThatWasParkedLast) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  const CellLease newest = pool.take(Flavour::light);
  EXPECT_EQ(newest.cell().id(), 2U);
  EXPECT_EQ(pool.take(Flavour::light).cell().id(), 1U);
}

TEST_F(CellPoolTest, RefillsWhenACellComesBackAndNotWhenItIsTaken) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  ASSERT_EQ(maker.spawns, 2);
  CellLease lease = pool.take(Flavour::light);
  EXPECT_EQ(maker.spawns, 2);
  lease.give_back();
  EXPECT_EQ(maker.spawns, 3);
}

TEST_F(CellPoolTest, RefillsAMomentLaterWhenARunIsALongOne) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  const CellLease lease = pool.take(Flavour::light);
  EXPECT_EQ(maker.spawns, 2);
  run_until(loop, [this] { return maker.spawns == 3; });
}

TEST_F(CellPoolTest, RefillsWhileCellsAreInUseOnceItRunsLow) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  const CellLease a = pool.take(Flavour::light);
  const CellLease b = pool.take(Flavour::light);
  EXPECT_EQ(maker.spawns, 4);
}

TEST_F(CellPoolTest, EndsEachCellExactlyOnce) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell cell = park_cell(1);
  CellLease lease = pool.take(Flavour::light);
  lease.end_run();
  lease.end_run();
  lease.give_back();
  EXPECT_THAT(maker.ended, ElementsAre(1));
}

TEST_F(CellPoolTest, DoesNotEndACellThatEndedByItself) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell cell = park_cell(1);
  CellLease lease = pool.take(Flavour::light);
  pool.on_cell_ended(1, {});
  lease.give_back();
  EXPECT_TRUE(maker.ended.empty());
}

TEST_F(CellPoolTest, CountsADyingCellAsLiveUntilItIsGone) {
  pool.on_zygote_ready(Flavour::light, {});
  std::vector<FakeCell> cells;
  for (protocol::CellId id = 1; id <= 2; ++id) cells.push_back(park_cell(id));
  CellLease a = pool.take(Flavour::light);
  CellLease b = pool.take(Flavour::light);
  for (protocol::CellId id = 3; id <= 4; ++id) cells.push_back(park_cell(id));
  CellLease c = pool.take(Flavour::light);
  EXPECT_EQ(maker.spawns, 4);  // cells_max
  a.give_back();
  EXPECT_EQ(maker.spawns, 4);
  pool.on_cell_ended(1, {});
  run_until(loop, [this] { return maker.spawns == 5; });
}

TEST_F(CellPoolTest, DropsAParkedCellThatDiesOrSpeaks) {
  pool.on_zygote_ready(Flavour::light, {});
  FakeCell dead = park_cell(1);
  const FakeCell talker = park_cell(2);
  dead.die();
  talker.say(FrameType::value, "1");
  settle(loop);
  EXPECT_FALSE(pool.take(Flavour::light));
  EXPECT_EQ(std::set<protocol::CellId>(maker.ended.begin(), maker.ended.end()),
            (std::set<protocol::CellId>{1, 2}));
}

// The three pipes of a cell that ended are closed, and those of the next one registered in their
// place, while the loop still has the ends of file of the first three queued.
TEST_F(CellPoolTest, KeepsAParkedCellThatGetsTheEventsOfAnother) {
  pool.on_zygote_ready(Flavour::light, {});
  FakeCell first = park_cell(1);
  CellLease lease = pool.take(Flavour::light);
  Pipe order = *make_pipe();
  Descriptor earlier(loop.get_executor(), order.read_end.release());
  FakeCell second;
  earlier.async_wait(Descriptor::wait_read, [&](const boost::system::error_code&) {
    lease.give_back();
    auto [cell, fds] = make_fake_cell();
    cell.say(FrameType::parked);
    pool.on_cell_started(Flavour::light, 2, 0, std::move(fds));
    second = std::move(cell);
  });
  settle(loop);
  FakeCell::write(order.write_end, "x");  // reported first, and by the same look at the kernel
  for (UniqueFd* end : {&first.out, &first.err, &first.reply}) end->reset();  // as an exit does
  settle(loop);
  EXPECT_THAT(maker.ended, ElementsAre(1));
  EXPECT_EQ(pool.take(Flavour::light).cell().id(), 2U);
  EXPECT_EQ(pool.counts().failed, 0U);
}

TEST_F(CellPoolTest, BacksOffAndIsNotReadyAfterFailuresInARow) {
  pool.on_zygote_ready(Flavour::light, {});
  ASSERT_EQ(maker.spawns, 2);
  pool.on_spawn_failed(Flavour::light, Error{"clone", EAGAIN, {}});
  pool.on_spawn_failed(Flavour::light, Error{"clone", EAGAIN, {}});
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
  pool.on_zygote_ready(Flavour::light, {});
  for (int i = 0; i < 5; ++i) pool.on_spawn_failed(Flavour::light, Error{"clone", EAGAIN, {}});
  ASSERT_TRUE(pool.not_ready_reason());
  const FakeCell cell = park_cell(1);
  EXPECT_FALSE(pool.not_ready_reason());
}

TEST_F(CellPoolTest, IsNotReadyWhileOrdersAreNotAnswered) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell cell = park_cell(1);
  EXPECT_FALSE(pool.not_ready_reason());
  std::this_thread::sleep_for(kShort + std::chrono::milliseconds(1));
  EXPECT_THAT(pool.not_ready_reason().value_or(""), HasSubstr("the supervisor does not answer"));
  const FakeCell other = park_cell(2);
  EXPECT_FALSE(pool.not_ready_reason());
}

TEST_F(CellPoolTest, ReplacesACellThatDoesNotGetReady) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell first = park_cell(1);
  const FakeCell hung = start_cell(2);
  run_until(loop, [this] { return maker.spawns == 3; });
  EXPECT_THAT(maker.ended, ElementsAre(2));
  EXPECT_EQ(pool.counts().failed, 1U);
  EXPECT_EQ(pool.take(Flavour::light).cell().id(), 1U);
}

TEST_F(CellPoolTest, KeepsACellThatGotReadyWhileTheLoopWasBusy) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell cell = start_cell(1);
  std::this_thread::sleep_for(kShort + std::chrono::milliseconds(1));
  cell.say(FrameType::parked);
  settle(loop);
  EXPECT_TRUE(maker.ended.empty());
  EXPECT_EQ(pool.take(Flavour::light).cell().id(), 1U);
}

TEST_F(CellPoolTest, MakesMoreForThoseWhoWait) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  const CellLease a = pool.take(Flavour::light);
  ASSERT_EQ(maker.spawns, 2);
  pool.set_waiting({1, 0});
  EXPECT_EQ(maker.spawns, 3);
}

TEST_F(CellPoolTest, ReplacesCellsOfAnEarlierZygoteOneByOne) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell first = park_cell(1);
  const FakeCell second = park_cell(2);
  pool.on_zygote_ready(Flavour::light, {});
  EXPECT_EQ(maker.spawns, 4);
  EXPECT_TRUE(maker.ended.empty());
  const FakeCell third = park_cell(3);
  EXPECT_THAT(maker.ended, ElementsAre(1));
  const FakeCell fourth = park_cell(4);
  EXPECT_THAT(maker.ended, ElementsAre(1, 2));
}

TEST_F(CellPoolTest, IsWarmOnceTheLastCellOfAQuickZygoteIsGone) {
  const auto warm = [this] { return pool.shelf(Flavour::light).warm(); };
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell first = park_cell(1);
  EXPECT_FALSE(warm());
  protocol::ZygoteReport whole;
  whole.warm_up = protocol::WarmUp::whole;
  pool.on_zygote_ready(Flavour::light, whole);
  EXPECT_FALSE(warm());
  const FakeCell second = park_cell(2);
  EXPECT_FALSE(warm());
  pool.on_cell_ended(1, {});
  EXPECT_TRUE(warm());
}

TEST_F(CellPoolTest, ServesOnWhenASpareZygoteFailed) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell first = park_cell(1);
  const int before = maker.spawns;
  pool.on_spare_zygote_failed(Flavour::light, "out of memory");
  EXPECT_FALSE(pool.not_ready_reason());
  EXPECT_EQ(pool.counts().zygote_failures, 1U);
  pool.take(Flavour::light).give_back();
  EXPECT_GT(maker.spawns, before);
}

}  // namespace
}  // namespace forkjail::server
