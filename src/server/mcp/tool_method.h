// `tools/call`: finds the tool, calls it, counts it, and answers in one document, or in a stream
// where the client wants to know how it goes on.
#pragma once

#include "loop/loop.h"
#include "server/mcp/mcp_request.h"

namespace forkjail::server::mcp {

// `request` outlives the call.
Task<http::Response> call_tool_method(const McpRequest& request);

// The client accepts a stream.
[[nodiscard]] bool takes_stream(const http::Exchange& exchange);
// `_meta.progressToken` as JSON; empty: none.
[[nodiscard]] std::string progress_token(const Message& message);

}  // namespace forkjail::server::mcp
