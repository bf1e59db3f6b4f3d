// The answers of POST /execute: the two shapes of the contract, and with `verbose` all beside them.
// Pure; main()'s value is spliced in byte for byte.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/outcome.h"

namespace forkjail::server {

// One of the script's two streams as far as it was kept.
struct CapturedText {
  std::string bytes;  // as written; may be no UTF-8
  bool truncated = false;
};

struct RunUsage {
  std::chrono::microseconds wall_time{0};
  std::chrono::microseconds cpu_time{0};
  std::chrono::microseconds queue_time{0};
  std::uint64_t memory_peak_bytes = 0;
};

// What `verbose` adds to either shape.
struct VerboseParts {
  RunUsage usage;
  std::string_view isolation_json;  // {"level": ..., "layers": [...]}
  std::string_view syscalls;        // names of the refused calls, or empty
};

struct RunOutput {
  CapturedText out;
  CapturedText err;
};

// {"result": ..., "stdout": ...}
[[nodiscard]] std::string success_body(std::string_view value_json, const RunOutput& output,
                                       const std::optional<VerboseParts>& verbose);

// {"error": ..., "stdout": ...}
[[nodiscard]] std::string failure_body(const Failed& failure, const RunOutput& output,
                                       const std::optional<VerboseParts>& verbose);

}  // namespace forkjail::server
