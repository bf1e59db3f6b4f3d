// Cells of zygotes that clone for one owner alone: whose they are, and when the zygotes go.
#include <gmock/gmock.h>

#include "unit/server/cells/cell_pool_fixture.h"

namespace forkjail::server {
namespace {

using protocol::Flavour;
using testing::ElementsAre;
using testing::IsEmpty;

class CellPoolOfOwners : public CellPoolTest {
 protected:
  CellPoolOfOwners() : CellPoolTest({1, 0}) {}

  // Its two cells are ordered.
  void serve(protocol::Owner owner, Flavour flavour) {
    pool.offer(owner, true);
    pool.on_zygote_ready(flavour, {});
  }
};

TEST_F(CellPoolOfOwners, HasNoneUntilTheyAreOffered) {
  pool.on_zygote_ready(Flavour::isolated_1, {});
  EXPECT_EQ(maker.spawns, 0);
  EXPECT_TRUE(pool.is_free(1));
  pool.offer(1, true);
  pool.offer(1, true);
  EXPECT_THAT(maker.offered, ElementsAre(Flavour::isolated_1));
  EXPECT_FALSE(pool.is_free(1));
  EXPECT_EQ(maker.spawns_of[Flavour::isolated_1], 2);
}

TEST_F(CellPoolOfOwners, GivesThemToTheirOwnerAlone) {
  pool.on_zygote_ready(Flavour::light, {});
  serve(1, Flavour::isolated_1);
  const FakeCell own = park_cell(1, Flavour::isolated_1);
  for (const Flavour other : {Flavour::light, Flavour::full, Flavour::session, Flavour::isolated_2,
                              Flavour::isolated_1_session}) {
    EXPECT_FALSE(pool.take(other)) << name_of(other);
  }
  EXPECT_EQ(pool.take(Flavour::isolated_1).cell().id(), 1U);
  const FakeCell shared = park_cell(2, Flavour::light);
  EXPECT_FALSE(pool.take(Flavour::isolated_1));
}

TEST_F(CellPoolOfOwners, ParksThemBeyondTheBoundOfAll) {
  serve(1, Flavour::isolated_1);
  protocol::PerFlavour<std::uint32_t> waiting;
  waiting[Flavour::isolated_1] = 9;
  pool.set_waiting(waiting);
  std::vector<FakeCell> cells;
  std::vector<CellLease> leases;
  for (protocol::CellId id = 1; id <= config.cells_max + CellPoolConfig::kIsolatedParked; ++id) {
    ASSERT_GE(maker.spawns, static_cast<int>(id));
    cells.push_back(park_cell(id, Flavour::isolated_1));
    leases.push_back(pool.take(Flavour::isolated_1));
  }
  EXPECT_EQ(maker.spawns, static_cast<int>(cells.size()));
}

TEST_F(CellPoolOfOwners, EndsWhatIsParkedAndThenTheZygoteWhenWithdrawn) {
  serve(1, Flavour::isolated_1);
  const FakeCell parked = park_cell(1, Flavour::isolated_1);
  pool.withdraw(1);
  EXPECT_THAT(maker.ended, ElementsAre(1));
  const FakeCell late = park_cell(2, Flavour::isolated_1);  // was ordered before
  EXPECT_THAT(maker.ended, ElementsAre(1, 2));
  pool.on_cell_ended(1, {});
  EXPECT_THAT(maker.withdrawn, IsEmpty());
  EXPECT_FALSE(pool.is_free(1));
  pool.on_cell_ended(2, {});
  EXPECT_THAT(maker.withdrawn, ElementsAre(Flavour::isolated_1));
  EXPECT_TRUE(pool.is_free(1));
  EXPECT_EQ(maker.spawns, 2);
  pool.withdraw(1);
  EXPECT_EQ(maker.withdrawn.size(), 1U);
}

TEST_F(CellPoolOfOwners, KeepsTheZygoteForAsLongAsARunGoesOn) {
  serve(1, Flavour::isolated_1);
  const FakeCell cell = park_cell(1, Flavour::isolated_1);
  CellLease lease = pool.take(Flavour::isolated_1);
  pool.on_spawn_failed(Flavour::isolated_1, Error{"spawn", EAGAIN, {}});
  pool.withdraw(1);
  EXPECT_THAT(maker.ended, IsEmpty());
  EXPECT_THAT(maker.withdrawn, IsEmpty());
  lease.give_back();
  pool.on_cell_ended(1, {});
  EXPECT_THAT(maker.withdrawn, ElementsAre(Flavour::isolated_1));
}

TEST_F(CellPoolOfOwners, GoesOnWithTheZygoteOfAnOwnerThatComesBackMeanwhile) {
  serve(1, Flavour::isolated_1);
  const FakeCell cell = park_cell(1, Flavour::isolated_1);
  const CellLease lease = pool.take(Flavour::isolated_1);
  pool.withdraw(1);
  pool.offer(1, true);
  EXPECT_EQ(maker.offered.size(), 1U);
  EXPECT_THAT(maker.withdrawn, IsEmpty());
}

TEST_F(CellPoolOfOwners, IsReadyWhateverIsWrongWithOnesZygote) {
  pool.on_zygote_ready(Flavour::light, {});
  const FakeCell shared = park_cell(1);
  pool.offer(1, true);
  EXPECT_FALSE(pool.not_ready_reason());
  EXPECT_EQ(pool.not_ready_reason(Flavour::isolated_1), "the zygote is starting");
  pool.on_zygote_failed(Flavour::isolated_1, "it broke");
  EXPECT_FALSE(pool.not_ready_reason());
  EXPECT_EQ(pool.not_ready_reason(Flavour::isolated_1), "no cell can be started: it broke");
}

TEST_F(CellPoolOfOwners, ParksOneForSessionsWhereThereAreSome) {
  FakeMaker orders;
  CellPool with_sessions(loop.get_executor(), {.session_cells_max = 4}, orders);
  with_sessions.offer(1, true);
  with_sessions.offer(2, false);
  for (const auto& row : protocol::kFlavours) {
    if (row.owner != protocol::kEverybody) with_sessions.on_zygote_ready(row.flavour, {});
  }
  EXPECT_EQ(with_sessions.shelf(Flavour::isolated_1_session).parked_target(), 1U);
  EXPECT_EQ(with_sessions.shelf(Flavour::isolated_2_session).parked_target(), 0U);
  EXPECT_EQ(with_sessions.shelf(Flavour::isolated_3).parked_target(), 0U);
}

}  // namespace
}  // namespace forkjail::server
