// `resources/read`: a file of a session by its address.
#pragma once

#include "loop/loop.h"
#include "server/mcp/mcp_request.h"

namespace forkjail::server::mcp {

// `request` outlives the call.
Task<http::Response> read_resource_method(const McpRequest& request);

}  // namespace forkjail::server::mcp
