// What a model is shown of a run: its output, its values and figures, the files it made, and of a
// failure the error, the traceback and the way out. Pure.
#pragma once

#include <string>

#include "server/mcp/tool_result.h"
#include "server/runner/runner.h"

namespace forkjail::server::mcp {

// Where a run took place.
struct RunPlace {
  std::string session;     // its id; empty: none
  std::string state;       // where the session is now; empty: it ended with the run
  bool goes_back = false;  // a killed run does not end it
};

[[nodiscard]] ToolResult run_result(const Finished& run, const RunPlace& place,
                                    const RunLimits& limits);

}  // namespace forkjail::server::mcp
