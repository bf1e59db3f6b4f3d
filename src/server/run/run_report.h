// What a run leaves behind beside its outcome: what it printed and what it used.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace forkjail::server {

// One of the script's two streams as far as it was kept.
struct CapturedText {
  std::string bytes;  // as written; may be no UTF-8
  bool truncated = false;
};

struct RunOutput {
  CapturedText out;
  CapturedText err;
};

struct RunUsage {
  std::chrono::microseconds wall_time{0};
  std::chrono::microseconds cpu_time{0};
  std::chrono::microseconds queue_time{0};
  std::uint64_t memory_peak_bytes = 0;
};

}  // namespace forkjail::server
