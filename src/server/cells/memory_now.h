// The memory of a cell that lives, as the supervisor measured it (protocol/supervisor_channel.h).
#pragma once

#include <cstdint>

#include "protocol/supervisor_channel.h"

namespace forkjail::server {

// What a cell holds while it lives.
struct MemoryNow {
  std::uint64_t bytes = 0;            // 0: not known
  std::uint64_t peak_since = 0;       // the most that it held since the last time; 0: not known
  protocol::MemoryKill kill_since{};  // whether one of its processes was killed since the last time
};

}  // namespace forkjail::server
