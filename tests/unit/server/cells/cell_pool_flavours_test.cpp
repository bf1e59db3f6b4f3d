// A pool of cells of two flavours: which of them serves a request, and how they share the bounds.
#include <gmock/gmock.h>

#include <thread>

#include "unit/server/cells/cell_pool_fixture.h"

namespace forkjail::server {
namespace {

using protocol::Flavour;
using protocol::FrameType;
using testing::ElementsAre;
using testing::HasSubstr;

class CellPoolOfTwoFlavours : public CellPoolTest {
 protected:
  CellPoolOfTwoFlavours() : CellPoolTest({1, 2}) {}
};

TEST_F(CellPoolOfTwoFlavours, ServesLightCellsWhileTheFullZygoteStarts) {
  pool.on_zygote_ready(Flavour::light, {});
  EXPECT_EQ(maker.spawns_of[Flavour::light], 1);
  EXPECT_EQ(maker.spawns_of[Flavour::full], 0);
  const FakeCell cell = park_cell(1);
  EXPECT_FALSE(pool.not_ready_reason());
  EXPECT_FALSE(pool.take(Flavour::full));
  EXPECT_EQ(pool.take(Flavour::light).cell().id(), 1U);
}

TEST_F(CellPoolOfTwoFlavours, GivesAFullCellToALightScriptOnlyWhereNoLightOneIsParked) {
  pool.on_zygote_ready(Flavour::light, {});
  pool.on_zygote_ready(Flavour::full, {});
  const FakeCell full = park_cell(1, Flavour::full);
  const FakeCell light = park_cell(2, Flavour::light);
  const CellLease first = pool.take(Flavour::light);
  EXPECT_EQ(first.cell().id(), 2U);
  const CellLease second = pool.take(Flavour::light);
  EXPECT_EQ(second.cell().id(), 1U);
}

TEST_F(CellPoolOfTwoFlavours, GivesOutTheFullCellThatIsParkedLongest) {
  pool.on_zygote_ready(Flavour::full, {});
  const FakeCell first = park_cell(1, Flavour::full);
  const FakeCell second = park_cell(2, Flavour::full);
  EXPECT_EQ(pool.take(Flavour::full).cell().id(), 1U);
}

TEST_F(CellPoolOfTwoFlavours, CountsTheCellsOfAllFlavoursAgainstItsBounds) {
  pool.on_zygote_ready(Flavour::full, {});
  EXPECT_EQ(maker.spawns_of[Flavour::full], 2);
  pool.on_zygote_ready(Flavour::light, {});
  pool.set_waiting({2, 0});
  EXPECT_EQ(maker.spawns_of[Flavour::light], 1);  // beyond making_max: a request waits for it
  const FakeCell full = park_cell(1, Flavour::full);
  EXPECT_EQ(maker.spawns_of[Flavour::light], 1);
  const FakeCell other = park_cell(2, Flavour::full);
  EXPECT_EQ(maker.spawns_of[Flavour::light], 2);
  EXPECT_EQ(pool.counts().live(), 4U);  // cells_max
}

TEST_F(CellPoolOfTwoFlavours, MakesCellsOfOneWhileTheZygoteOfTheOtherHangs) {
  pool.on_zygote_ready(Flavour::light, {});
  pool.set_waiting({5, 0});
  ASSERT_EQ(maker.spawns_of[Flavour::light], 2);  // all that may be in the making: none comes
  pool.on_zygote_ready(Flavour::full, {});
  ASSERT_EQ(maker.spawns_of[Flavour::full], 0);
  std::this_thread::sleep_for(kUsual + std::chrono::milliseconds(1));
  settle(loop);  // no request, no cell, nothing else asks
  for (protocol::CellId id = 1; id <= 5; ++id) {
    ASSERT_GE(maker.spawns_of[Flavour::full], static_cast<int>(id));
    const FakeCell cell = park_cell(id, Flavour::full);
    const CellLease lease = pool.take(Flavour::light);  // served by the other meanwhile
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease.cell().id(), id);
    pool.on_cell_ended(id, {});
  }
  EXPECT_EQ(maker.spawns_of[Flavour::light], 2);
}

TEST_F(CellPoolOfTwoFlavours, FillsTheShelfFirstThatARequestWaitsFor) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell light = park_cell(1);
  const CellLease lease = pool.take(Flavour::light);  // leaves room for one in the making
  ASSERT_EQ(maker.spawns_of[Flavour::light], 2);
  pool.set_waiting({0, 1});
  pool.on_zygote_ready(Flavour::full, {});
  EXPECT_EQ(maker.spawns_of[Flavour::full], 1);
}

TEST_F(CellPoolOfTwoFlavours, ReplacesTheCellsOfTheFlavourWhoseZygoteIsNew) {
  pool.on_zygote_ready(Flavour::light, {});
  pool.on_zygote_ready(Flavour::full, {});
  const FakeCell light = park_cell(1, Flavour::light);
  const FakeCell full = park_cell(2, Flavour::full);
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell next = park_cell(3, Flavour::light);
  EXPECT_THAT(maker.ended, ElementsAre(1));
}

TEST_F(CellPoolOfTwoFlavours, IsNotReadyWhenAZygoteOfOneFlavourFails) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell light = park_cell(1);
  pool.on_zygote_failed(Flavour::full, "no module named pandas");
  EXPECT_THAT(pool.not_ready_reason().value_or(""), HasSubstr("no module named pandas"));
}

}  // namespace
}  // namespace forkjail::server
