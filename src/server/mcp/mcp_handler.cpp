#include "server/mcp/mcp_handler.h"

#include <optional>
#include <utility>
#include <variant>

#include "http/error_kind.h"
#include "http/trace_context.h"
#include "server/adapters/json_document.h"
#include "server/mcp/era.h"
#include "server/mcp/fixtures.h"
#include "server/mcp/methods.h"
#include "server/mcp/resources.h"
#include "server/mcp/tool_method.h"

namespace forkjail::server::mcp {
namespace {

using http::RequestHeader;

constexpr unsigned kAccepted = 202;
constexpr unsigned kForbidden = 403;
constexpr std::string_view kOriginRefused = "origin_refused";

http::Response error_response(std::string_view id, const RpcError& error) {
  http::Response response;
  response.status = error.status;
  response.body = error_text(id, error);
  return response;
}

// A request that begins a trace of its own in its `_meta`, where no header did.
void take_trace(const Message& message, http::Request& request) {
  if (!request.trace.trace.empty()) return;
  if (const auto parent = text_of(meta_of(message, "traceparent"))) {
    request.trace = http::trace_context(*parent, {});
  }
}

// Of the old era: a client does not need the answer any more.
void cancel(const Message& message, const http::Exchange& exchange, McpContext& context) {
  const auto* const id = message.params().if_contains("requestId");
  if (id == nullptr) return;
  if (auto text = id_text(*id)) {
    context.running.cancel({exchange.caller.get(), *std::move(text)});
  }
}

http::Response accept(const Message& message, http::Exchange& exchange, McpContext& context) {
  if (message.kind == MessageKind::response) {
    take_client_answer(message, context);
  } else if (message.method == "notifications/cancelled") {
    cancel(message, exchange, context);
  }
  return http::empty_response(kAccepted);
}

Task<http::Response> answer(const McpRequest& request) {
  const Message& message = request.message;
  if (message.method == "tools/call") return call_tool_method(request);
  if (message.method == "resources/read" && request.context.sessions != nullptr) {
    return read_resource_method(request);
  }
  return [](const McpRequest& asked) -> Task<http::Response> {
    auto reply = answer_at_once(asked.message, asked.era, asked.exchange, asked.context);
    if (!reply) reply = fixture_reply(asked);
    co_return reply_response(asked, reply ? *std::move(reply) : no_such_method(asked.era));
  }(request);
}

}  // namespace

void rpc_error(http::Response& response, std::string_view message) {
  response.body = error_text({}, {kInvalidRequest, std::string(message)});
}

http::Response reply_response(const McpRequest& request, Reply reply) {
  if (const auto* const error = std::get_if<RpcError>(&reply)) {
    return error_response(request.message.id, *error);
  }
  http::Response response;
  response.body = result_text(request.message.id,
                              in_form_of(request.era, std::get<std::string>(std::move(reply)),
                                         request.message.method, request.context));
  return response;
}

Task<http::Response> handle_mcp(http::Exchange& exchange, McpContext& context) {
  const http::RequestHeaders& headers = exchange.request.headers;
  if (const auto why = refuse_origin(headers[RequestHeader::origin], headers[RequestHeader::host],
                                     context.origins);
      !why.empty()) {
    http::Response refused = http::error_response(kForbidden, why, rpc_error);
    http::set_kind(refused, kOriginRefused);
    co_return refused;
  }
  std::optional<Document> document = co_await read_document(exchange, context.execute);
  if (!document) co_return http::error_response(503, "interrupted", rpc_error);
  if (const auto* const problem = std::get_if<RequestError>(&*document)) {
    co_return error_response({}, {kParseError, problem->message, problem->status});
  }
  auto decoded = decode_message(std::get<boost::json::value>(*std::move(document)));
  if (const auto* const faulty = std::get_if<FaultyMessage>(&decoded)) {
    co_return error_response(faulty->id, faulty->error);
  }
  const auto& message = std::get<Message>(decoded);
  const auto era = era_of(message, {.version = headers[RequestHeader::mcp_protocol_version],
                                    .method = headers[RequestHeader::mcp_method],
                                    .name = headers[RequestHeader::mcp_name]});
  if (const auto* const error = std::get_if<RpcError>(&era)) {
    co_return error_response(message.id, *error);
  }
  if (message.kind != MessageKind::request) co_return accept(message, exchange, context);
  take_trace(message, exchange.request);
  const auto entry =
      context.running.add({exchange.caller.get(), message.id}, exchange.interruption);
  const McpRequest request{message, std::get<Era>(era), exchange, context};
  http::Response response = co_await answer(request);
  co_return response;
}

}  // namespace forkjail::server::mcp
