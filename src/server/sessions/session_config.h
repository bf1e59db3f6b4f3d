// What the operator sets of sessions.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "server/run/session_fields.h"

namespace forkjail::server {

struct SessionConfig {
  std::uint32_t sessions_max = 0;  // at one time; 0: there are none
  std::uint32_t states_max = 8;    // kept of each
  std::uint32_t queue_max = 8;     // requests that wait for one session
  // Evicted for another one only after so long without a request.
  std::chrono::milliseconds eviction_idle_min{60'000};
  SessionLimits limits;       // the defaults, and the most that a request may ask for
  std::string instance_name;  // which process a session lives in; part of its id
};

}  // namespace forkjail::server
