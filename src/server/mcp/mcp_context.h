// What the calls of the Model Context Protocol work with. Owned by the service.
#pragma once

#include <span>
#include <string>

#include "server/api/session_handlers.h"
#include "server/mcp/origin_check.h"
#include "server/mcp/running_requests.h"
#include "server/observe/tool_counts.h"

namespace forkjail::server::mcp {

class Fixtures;

struct McpContext {
  const ExecuteContext& execute;
  const SessionContext* sessions;  // null: there are none
  ToolCounts& counts;
  const std::string& packages;  // "python 3.11.2, numpy 1.26.4"; empty until they are known
  OriginRules origins;
  std::string version;
  Fixtures* fixtures = nullptr;  // of tests; null: there are none
  RunningRequests running = {};
};

}  // namespace forkjail::server::mcp
