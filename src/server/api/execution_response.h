// The answers of POST /execute: the two shapes of the contract, and with `verbose` all beside them.
// Pure; main()'s value is spliced in byte for byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/run/outcome.h"
#include "server/run/run_report.h"

namespace forkjail::server {

// What `verbose` adds to either shape.
struct VerboseParts {
  RunUsage usage;
  std::string_view isolation_json;  // {"level": ..., "layers": [...]}
  std::string_view syscalls;        // names of the refused calls, or empty
};

// {"result": ..., "stdout": ...}
[[nodiscard]] std::string success_body(std::string_view value_json, const RunOutput& output,
                                       const std::optional<VerboseParts>& verbose);

// {"error": ..., "stdout": ...}
[[nodiscard]] std::string failure_body(const Failed& failure, const RunOutput& output,
                                       const std::optional<VerboseParts>& verbose);

}  // namespace forkjail::server
