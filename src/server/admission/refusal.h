// Why a valid request was not served: 503, or 429 where other callers might be served.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/enum_rows.h"

namespace forkjail::server {

enum class Refusal : std::uint8_t {
  queue_full,
  queue_timeout,
  not_ready,
  shutting_down,
  given_up,  // the client left while it waited
  cell_lost,
  large_bodies,
  connections,
  sessions_full,
  own_queue_full,     // of this caller
  own_sessions_full,  // likewise
};
struct RefusalRow {
  Refusal refusal;
  std::string_view name;
  unsigned status = 503;
};
inline constexpr std::array kRefusals{
    RefusalRow{Refusal::queue_full, "queue_full"},
    RefusalRow{Refusal::queue_timeout, "queue_timeout"},
    RefusalRow{Refusal::not_ready, "not_ready"},
    RefusalRow{Refusal::shutting_down, "shutting_down"},
    RefusalRow{Refusal::given_up, "given_up"},
    RefusalRow{Refusal::cell_lost, "cell_lost"},
    RefusalRow{Refusal::large_bodies, "large_bodies"},
    RefusalRow{Refusal::connections, "connections"},
    RefusalRow{Refusal::sessions_full, "sessions_full"},
    RefusalRow{Refusal::own_queue_full, "own_queue_full", 429},
    RefusalRow{Refusal::own_sessions_full, "own_sessions_full", 429},
};
static_assert(rows_in_order(kRefusals, &RefusalRow::refusal));
[[nodiscard]] constexpr std::string_view name_of(Refusal refusal) {
  return kRefusals.at(static_cast<std::size_t>(refusal)).name;
}
[[nodiscard]] constexpr unsigned status_of(Refusal refusal) {
  return kRefusals.at(static_cast<std::size_t>(refusal)).status;
}

}  // namespace forkjail::server
