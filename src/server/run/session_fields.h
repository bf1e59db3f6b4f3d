// What a request says of the session that it makes or runs in, beside what any run can be asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/limits.h"

namespace forkjail::server {

struct SessionLimits {
  std::uint64_t memory_bytes = 256 * kMiB;         // of its states and its runs together
  std::chrono::milliseconds idle_time{1'800'000};  // without a request, then it expires
  std::chrono::milliseconds life_time{86'400'000};
};

struct SessionFields {
  std::string from;                // the name of a state; empty: the latest
  bool rolls_back_errors = false;  // a run that raises leaves no state
  SessionLimits limits;            // of a new one
};

}  // namespace forkjail::server
