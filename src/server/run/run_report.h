// What a run leaves behind beside its outcome: what it printed and what it used.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/reply_decoder.h"

namespace forkjail::server {

// One of the script's two streams as far as it was kept.
struct CapturedText {
  std::string bytes;  // as written; may not be UTF-8
  bool truncated = false;
};

struct RunOutput {
  CapturedText out;
  CapturedText err;
};

// Mime bundles, each a checked JSON object, in the order in which they were shown.
struct RunDisplays {
  std::vector<std::string> bundles;
  bool truncated = false;
};

// What the cell says is in its working directory: names, sizes and contents are the script's.
struct RunFiles {
  std::vector<protocol::LeftFile> files;
  bool truncated = false;  // more than are named
};

struct RunUsage {
  std::chrono::microseconds wall_time{0};
  std::chrono::microseconds cpu_time{0};
  std::chrono::microseconds queue_time{0};
  std::uint64_t memory_peak_bytes = 0;
};

}  // namespace forkjail::server
