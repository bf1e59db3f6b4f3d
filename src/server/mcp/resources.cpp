#include "server/mcp/resources.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/limits.h"
#include "json/text.h"
#include "json/utf8.h"
#include "server/api/media_types.h"
#include "server/mcp/fixtures.h"
#include "server/mcp/session_uri.h"
#include "server/mcp/tool_calls.h"

namespace forkjail::server::mcp {
namespace {

// A session's id, and a path with every byte escaped.
constexpr std::size_t kUriBytesMax = 4 * kKiB;

RpcError not_found(const McpRequest& request, std::string_view uri, std::string why) {
  std::string data = "{";
  json::append_key(data, "uri");
  json::append_string(data, uri);
  return {request.era == Era::modern ? kInvalidParams : kResourceNotFound, std::move(why), 200,
          data + "}"};
}

}  // namespace

Task<http::Response> read_resource_method(const McpRequest& request) {
  const auto uri = text_of(request.message.params().if_contains("uri"));
  if (!uri) {
    co_return reply_response(request, RpcError{kInvalidParams, "params.uri: must be a string"});
  }
  if (uri->size() > kUriBytesMax) {
    co_return reply_response(request,
                             RpcError{kInvalidParams, "params.uri: must not be longer than " +
                                                          std::to_string(kUriBytesMax) + " bytes"});
  }
  auto file = session_file_of(*uri);
  if (!file) {
    auto reply = fixture_reply(request);
    co_return reply_response(
        request,
        reply ? *std::move(reply) : Reply(not_found(request, *uri, "there is no such resource")));
  }
  AdapterCall adapter(request.exchange, request.context.execute, "mcp");
  static const boost::json::object none;
  const ToolArguments arguments(none, tools().front(), true);
  const ToolCall call{request.exchange, request.context, adapter, arguments, nullptr};
  auto read = co_await read_session_file(call, file->session, file->path);
  http::Response response;
  if (auto* const problem = std::get_if<Problem>(&read)) {
    response = reply_response(request, not_found(request, *uri, std::move(problem->text)));
  } else {
    const std::string& content = std::get<std::string>(read);
    std::string json = R"({"contents":[)";
    append_contents(json, *uri, media_type_of(file->path, json::is_utf8_text(content)), content);
    response = reply_response(request, json + "]}");
  }
  response = co_await adapter.finish(std::move(response));
  co_return response;
}

}  // namespace forkjail::server::mcp
