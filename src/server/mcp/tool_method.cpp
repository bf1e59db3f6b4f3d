#include "server/mcp/tool_method.h"

#include <optional>
#include <utility>

#include "http/media_type.h"
#include "server/mcp/fixtures.h"
#include "server/mcp/progress.h"
#include "server/mcp/rpc_stream.h"
#include "server/mcp/tool_calls.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::string_view kVia = "mcp";

struct NamedTool {
  const ToolRow* row;
  const boost::json::object* arguments;
};

const boost::json::object* arguments_of(const Message& message) {
  static const boost::json::object none;
  const auto* const value = message.params().if_contains("arguments");
  if (value == nullptr || value->is_null()) return &none;
  return value->if_object();
}

std::variant<NamedTool, RpcError> tool_of(const McpRequest& request) {
  const auto name = text_of(request.message.params().if_contains("name"));
  if (!name) return RpcError{kInvalidParams, "params.name: must be a string"};
  const ToolRow* const row = find_tool(*name, request.context.sessions != nullptr);
  if (row == nullptr) return RpcError{kInvalidParams, "params.name: there is no such tool"};
  const auto* const arguments = arguments_of(request.message);
  if (arguments == nullptr) return RpcError{kInvalidParams, "params.arguments: must be an object"};
  return NamedTool{row, arguments};
}

Task<ToolResult> call(const McpRequest& request, const NamedTool& tool, AdapterCall& adapter,
                      RunEvents* events) {
  const ToolArguments arguments(*tool.arguments, *tool.row, request.context.sessions != nullptr);
  if (!arguments.problem().empty()) co_return error_result(arguments.problem());
  const ToolCall of{request.exchange, request.context, adapter, arguments, events};
  ToolResult result = co_await call_tool(tool.row->tool, of);
  co_return result;
}

// The message that ends the answer.
std::string last_message(const McpRequest& request, ToolResult result) {
  if (request.exchange.interruption.raised() == InterruptReason::request) {
    return error_text(request.message.id, {kCancelled, "cancelled by the client"});
  }
  return result_text(request.message.id,
                     in_form_of(request.era, result.take(), "tools/call", request.context));
}

}  // namespace

bool takes_stream(const http::Exchange& exchange) {
  return http::accepts_by_name(exchange.request.headers[http::RequestHeader::accept],
                               "text/event-stream");
}

std::string progress_token(const Message& message) {
  const auto* const token = meta_of(message, "progressToken");
  return token == nullptr ? std::string() : id_text(*token).value_or(std::string());
}

Task<http::Response> call_tool_method(const McpRequest& request) {
  if (auto task = call_fixture(request)) {
    http::Response of_fixture = co_await *std::move(task);
    co_return of_fixture;
  }
  const auto found = tool_of(request);
  if (const auto* const error = std::get_if<RpcError>(&found)) {
    co_return reply_response(request, *error);
  }
  const auto& tool = std::get<NamedTool>(found);
  const ExecuteContext& execute = request.context.execute;
  AdapterCall adapter(request.exchange, execute, kVia);
  std::optional<RpcStream> stream;
  std::optional<Progress> progress;
  std::string token = progress_token(request.message);
  if (!token.empty() && takes_stream(request.exchange)) {
    stream.emplace(request.exchange.stream, execute.executor);
    stream->begin();
    progress.emplace(*stream, execute.executor, std::move(token),
                     maxima_of(request.exchange, execute).wall_time);
  }
  ToolResult result = co_await call(request, tool, adapter, progress ? &*progress : nullptr);
  if (progress) progress->stop();
  request.context.counts.count(tool.row->name, result.is_error());
  // What neither ran nor failed has no line in the log, like the endpoints of sessions.
  const bool is_logged = tool.row->runs || result.is_error();
  const std::string message = last_message(request, std::move(result));
  http::Response response;
  if (stream) {
    response = stream->finish(message);
  } else {
    response.body = message;
  }
  if (is_logged) response = co_await adapter.finish(std::move(response));
  co_return response;
}

}  // namespace forkjail::server::mcp
