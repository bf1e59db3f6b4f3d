#include "server/cells/cell_supply.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace forkjail::server {
namespace {

struct WantedRow {
  std::string_view what;
  ShelfState shelf;
  std::uint32_t wanted;
};

TEST(CellSupply, WantsWhatTheTableSays) {
  const std::array rows{
      WantedRow{"nothing before the zygote serves", {.can_make = false, .target = 4}, 0},
      WantedRow{"nothing of a flavour that is not offered",
                {.can_make = true, .target = 0, .waiting = 3},
                0},
      WantedRow{"a whole shelf at the start", {.can_make = true, .target = 4}, 4},
      WantedRow{"less what is in the making", {.can_make = true, .target = 4, .making = 3}, 1},
      WantedRow{"nothing when it is full", {.can_make = true, .target = 4, .parked = 4}, 0},
      WantedRow{"nothing when it is more than full",
                {.can_make = true, .target = 4, .parked = 4, .making = 2},
                0},
      WantedRow{"nothing for a cell that was just taken and comes back soon",
                {.can_make = true, .target = 4, .parked = 3, .just_taken = 1},
                0},
      WantedRow{"a cell for one whose run is a long one, though one was just taken",
                {.can_make = true, .target = 4, .parked = 2, .just_taken = 1},
                1},
      WantedRow{"all that is missing once it is below half, however short the runs",
                {.can_make = true, .target = 4, .parked = 1, .just_taken = 3},
                3},
      WantedRow{"exactly half is not below",
                {.can_make = true, .target = 4, .parked = 2, .just_taken = 2},
                0},
      WantedRow{"one more for each request that waits",
                {.can_make = true, .target = 4, .waiting = 2, .making = 4},
                2},
  };
  for (const WantedRow& row : rows) EXPECT_EQ(cells_wanted(row.shelf), row.wanted) << row.what;
}

struct RoomRow {
  std::string_view what;
  RoomState state;
  std::uint32_t room;
};

TEST(CellSupply, HasTheRoomThatTheTableSays) {
  const std::array rows{
      RoomRow{"as many as may be made at once", {.live_max = 16, .making_max = 2}, 2},
      RoomRow{
          "less those in the making", {.live = 1, .live_max = 16, .making = 1, .making_max = 2}, 1},
      RoomRow{"none when all places are taken",
              {.live = 2, .live_max = 16, .making = 2, .making_max = 2},
              0},
      RoomRow{"none when too many cells live",
              {.live = 16, .live_max = 16, .making_max = 2, .waited_for = true},
              0},
      RoomRow{"no more than may live", {.live = 15, .live_max = 16, .making_max = 2}, 1},
      RoomRow{"late ones of another flavour take no place here",
              {.live = 2, .live_max = 16, .making = 2, .making_max = 2, .late_elsewhere = 2},
              2},
      RoomRow{"one for a flavour that a request waits for, though all places are taken",
              {.live = 2, .live_max = 16, .making = 2, .making_max = 2, .waited_for = true},
              1},
      RoomRow{"but not a second one",
              {.live = 3,
               .live_max = 16,
               .making = 3,
               .making_max = 2,
               .making_here = 1,
               .waited_for = true},
              0},
  };
  for (const RoomRow& row : rows) EXPECT_EQ(room_to_make(row.state), row.room) << row.what;
}

TEST(CellSupply, PausesTwiceAsLongAfterEachFurtherFailure) {
  using std::chrono::milliseconds;
  EXPECT_EQ(pause_after(1), milliseconds(50));
  EXPECT_EQ(pause_after(2), milliseconds(100));
  EXPECT_EQ(pause_after(7), milliseconds(3'200));
  EXPECT_EQ(pause_after(8), milliseconds(5'000));
  EXPECT_EQ(pause_after(4'000'000'000), milliseconds(5'000));
}

}  // namespace
}  // namespace forkjail::server
