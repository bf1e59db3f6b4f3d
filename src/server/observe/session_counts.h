// What is counted of sessions since the start of the service, and how many there are now: for
// /metrics.
#pragma once

#include <cstddef>
#include <cstdint>

#include "server/observe/metrics.h"

namespace forkjail::server {

struct SessionCounts {
  std::uint64_t created = 0;
  std::uint64_t deleted = 0;
  std::uint64_t expired = 0;
  std::uint64_t evicted = 0;
  std::uint64_t lost = 0;
  std::uint64_t rolled_back = 0;  // runs that left no state
  std::uint64_t went_back = 0;    // sessions whose threads computed on between runs
  std::uint64_t not_kept = 0;     // states that should have been
  SecondsHistogram keeping;       // from the end of a run until its state was kept
};

// All zero where there are no sessions.
struct SessionFigures {
  std::size_t live = 0;
  std::size_t live_max = 0;
  std::size_t states = 0;
  SessionCounts counts;
};

}  // namespace forkjail::server
