// POST /mcp: one message of the Model Context Protocol, of either era, and its answer. Stateless:
// nothing is kept between two messages but what goes on.
#pragma once

#include "http/message.h"
#include "loop/loop.h"
#include "server/mcp/mcp_context.h"

namespace forkjail::server::mcp {

// `context` outlives the call.
Task<http::Response> handle_mcp(http::Exchange& exchange, McpContext& context);

// Errors of HTTP as a JSON-RPC error without an id.
void rpc_error(http::Response& response, std::string_view message);

}  // namespace forkjail::server::mcp
