// What a model reads of a tool before it calls it. Follows the limits and packages in force. Pure.
#pragma once

#include <string>

#include "server/mcp/tool_table.h"

namespace forkjail::server::mcp {

[[nodiscard]] std::string describe(Tool tool, const ServiceFacts& facts);

}  // namespace forkjail::server::mcp
