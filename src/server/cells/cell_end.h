// How a cell ended, as the supervisor tells it once everything of the cell is gone
// (protocol/supervisor_channel.h, cell_ended).
#pragma once

#include <chrono>
#include <cstdint>

#include "protocol/supervisor_channel.h"

namespace forkjail::server {

struct CellEnd {
  int wait_status = 0;
  bool status_known = false;  // false: it was not reaped, so nothing is known
  std::chrono::microseconds cpu_time{0};
  std::uint64_t memory_peak_bytes = 0;
  protocol::MemoryKill memory_kill{};
  protocol::ScratchExcess scratch_excess{};
};

// What a cell holds while it lives.
struct MemoryNow {
  std::uint64_t bytes = 0;            // 0: not known
  std::uint64_t peak_since = 0;       // the most that it held since the last time; 0: not known
  protocol::MemoryKill kill_since{};  // whether one of its processes was killed since the last time
};

}  // namespace forkjail::server
