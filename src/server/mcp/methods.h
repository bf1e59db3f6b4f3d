// The methods that are answered at once, from tables: the handshake, lists, discovery. Pure but for
// the facts of the service.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "server/mcp/era.h"
#include "server/mcp/json_rpc.h"
#include "server/mcp/mcp_context.h"
#include "server/mcp/tool_table.h"

namespace forkjail::server::mcp {

// The `result`, a JSON object; or why there is none.
using Reply = std::variant<std::string, RpcError>;

// Empty: no such method is answered at once.
[[nodiscard]] std::optional<Reply> answer_at_once(const Message& message, Era era,
                                                  const http::Exchange& exchange,
                                                  const McpContext& context);

// A result as its era wants it: the new one says that it is complete, who made it, and of some how
// long it may be kept.
[[nodiscard]] std::string in_form_of(Era era, std::string result, std::string_view method,
                                     const McpContext& context);

[[nodiscard]] RpcError no_such_method(Era era);

// What the service is for this caller.
[[nodiscard]] ServiceFacts facts_of(const http::Exchange& exchange, const McpContext& context);

}  // namespace forkjail::server::mcp
