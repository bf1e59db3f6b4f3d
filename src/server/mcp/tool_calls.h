// What the tools do. Each call is a run, or a look at a session; what it cannot do is told in its
// result, for the model to read.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "loop/loop.h"
#include "server/adapters/adapter_call.h"
#include "server/mcp/mcp_context.h"
#include "server/mcp/tool_arguments.h"
#include "server/mcp/tool_result.h"

namespace forkjail::server::mcp {

struct ToolCall {
  http::Exchange& exchange;
  const McpContext& context;
  AdapterCall& adapter;
  const ToolArguments& arguments;
  RunEvents* events;  // null: nobody listens
};

// All outlive the call.
Task<ToolResult> call_tool(Tool tool, const ToolCall& call);

// What to tell the client instead.
struct Problem {
  std::string text;
};

// The content of a session's file.
Task<std::variant<std::string, Problem>> read_session_file(const ToolCall& call,
                                                           std::string_view session,
                                                           std::string path);

}  // namespace forkjail::server::mcp
