// One request while it is answered.
#pragma once

#include "http/message.h"
#include "server/mcp/era.h"
#include "server/mcp/json_rpc.h"
#include "server/mcp/mcp_context.h"
#include "server/mcp/methods.h"

namespace forkjail::server::mcp {

struct McpRequest {
  const Message& message;
  Era era;
  http::Exchange& exchange;
  McpContext& context;
};

// As one JSON document.
[[nodiscard]] http::Response reply_response(const McpRequest& request, Reply reply);

}  // namespace forkjail::server::mcp
