// How a cell, or a session's run in it, ended: as the supervisor tells it once everything of the
// cell is gone (protocol/supervisor_channel.h, cell_ended), or a keeper (keeper_channel.h,
// run_over).
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

}  // namespace forkjail::server
