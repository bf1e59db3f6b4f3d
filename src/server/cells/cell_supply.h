// How many cells are ordered now: the policy of shelves and pool, as pure functions over what they
// know. No clock and no state.
//
// Refilling costs milliseconds of CPU, so it happens when a cell is given back (after its reply was
// written) or a moment later if the run is a long one, not when it is taken; only below half of the
// target is a cell replaced at once.
#pragma once

#include <chrono>
#include <cstdint>

namespace forkjail::server {

// One flavour.
struct ShelfState {
  bool can_make = false;         // its zygote serves, and the service is not shutting down
  std::uint32_t target = 0;      // cells to be parked; 0: none of this flavour are offered
  std::uint32_t waiting = 0;     // requests that wait for a cell of it and could start at once
  std::uint32_t parked = 0;      // of the current zygote: those of an earlier one are replaced
  std::uint32_t making = 0;      // ordered or warming
  std::uint32_t just_taken = 0;  // in use since a moment ago: a short run gives it back soon
};

// Cells that the shelf lacks, whatever room there is.
[[nodiscard]] std::uint32_t cells_wanted(const ShelfState& shelf);

// What one shelf's order has to fit into. All flavours share the bounds.
struct RoomState {
  std::uint32_t live = 0;  // cells of all flavours, dying ones included
  std::uint32_t live_max = 0;
  std::uint32_t making = 0;  // of all flavours: more only delays each of them
  std::uint32_t making_max = 0;
  std::uint32_t late_elsewhere = 0;  // of those, of other flavours, and late: they do not count
  std::uint32_t making_here = 0;
  bool waited_for = false;  // a request waits for this flavour: it can always make one
};

[[nodiscard]] std::uint32_t room_to_make(const RoomState& room);

// How long nothing is ordered after so many failures in a row, at least one.
[[nodiscard]] std::chrono::milliseconds pause_after(std::uint32_t failures_in_row);

}  // namespace forkjail::server
