#include "server/cells/cell_supply.h"

#include <algorithm>

namespace forkjail::server {

std::uint32_t cells_wanted(const ShelfState& shelf) {
  if (!shelf.can_make || shelf.target == 0) return 0;
  const std::uint32_t coming = shelf.parked + shelf.making;
  const bool is_low = coming * 2 < shelf.target;
  const std::uint32_t coming_back = is_low ? 0 : shelf.just_taken;
  const std::uint32_t have = coming + coming_back;
  const std::uint32_t target = shelf.target + shelf.waiting;
  return target - std::min(have, target);
}

std::uint32_t room_to_make(const RoomState& room) {
  if (room.live >= room.live_max) return 0;
  const std::uint32_t making = room.making - std::min(room.late_elsewhere, room.making);
  std::uint32_t free = room.making_max - std::min(making, room.making_max);
  if (free == 0 && room.waited_for && room.making_here == 0) free = 1;
  return std::min(room.live_max - room.live, free);
}

std::chrono::milliseconds pause_after(std::uint32_t failures_in_row) {
  constexpr std::chrono::milliseconds kFirst{50};
  constexpr std::chrono::milliseconds kLast{5'000};
  const auto doublings = std::min(failures_in_row, 8U) - 1;
  return std::min(kFirst * (1 << doublings), kLast);
}

}  // namespace forkjail::server
