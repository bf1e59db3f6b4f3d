// Results of the new era that ask the client for something first: round by round, until all is
// answered. Of tests. Pure.
#pragma once

#include "server/mcp/fixture_tables.h"
#include "server/mcp/json_rpc.h"
#include "server/mcp/methods.h"

namespace forkjail::server::mcp {

// `done`: the result once nothing is asked any more.
[[nodiscard]] Reply next_round(const RoundsTool& tool, const Message& message,
                               std::string_view done);

}  // namespace forkjail::server::mcp
