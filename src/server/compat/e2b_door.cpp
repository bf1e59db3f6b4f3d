#include "server/compat/e2b_door.h"

#include <utility>

#include "json/text.h"
#include "server/callers/caller.h"
#include "server/compat/e2b_ids.h"
#include "server/compat/json_members.h"

namespace forkjail::server {
namespace {

using http::RequestHeader;

constexpr unsigned kBadGateway = 502;  // what E2B's proxy answers for a sandbox that is gone

std::string_view owner_of(const E2bSandbox& sandbox) {
  return sandbox.caller == nullptr ? std::string_view() : sandbox.caller->name();
}

// 421 if another instance may have it.
std::optional<http::Response> elsewhere(std::string_view id, const E2bDoor& door,
                                        std::string_view owner, http::ErrorRenderer render) {
  const auto session_id = session_of_e2b_id(id);
  if (!session_id) return std::nullopt;
  auto found = door.in_sessions.store.find(*session_id, owner);
  const auto* const none = std::get_if<NoSession>(&found);
  if (none == nullptr || none->instance.empty()) return std::nullopt;
  http::Response response = http::error_response(
      421, "the sandbox is on instance " + none->instance + "; send the request there", render);
  response.headers.push_back({"Forkjail-Instance", none->instance});
  return response;
}

// The clients look for these words.
http::Response not_running(std::string_view id, const E2bDoor& door, http::ErrorRenderer render) {
  if (auto other = elsewhere(id, door, {}, render)) return *std::move(other);
  http::Response response;
  response.status = kBadGateway;
  response.body = "{";
  json::append_key(response.body, "sandboxId");
  json::append_string(response.body, id);
  response.body += R"(,"message":"The sandbox was not found","code":502})";
  return response;
}

bool opens(const http::RequestHeaders& headers, const E2bSandbox& sandbox, bool has_keys) {
  const std::string_view own = headers[RequestHeader::access_token];
  const std::string_view traffic = headers[RequestHeader::e2b_traffic_access_token];
  // Without keys the id alone is enough, as for a session; older clients send nothing else.
  if (own.empty() && traffic.empty()) return !has_keys;
  return (own.empty() || equal_tokens(own, sandbox.token)) &&
         (traffic.empty() || equal_tokens(traffic, sandbox.token));
}

}  // namespace

void e2b_error(http::Response& response, std::string_view message) {
  response.body = "{";
  json::append_key(response.body, "code");
  response.body += std::to_string(response.status);
  json::append_key(response.body, "message");
  json::append_string(response.body, message);
  response.body += "}";
}

void e2b_text_error(http::Response& response, std::string_view message) {
  response.content_type = "text/plain; charset=utf-8";
  response.body = message;
}

http::Response e2b_refused(const Refused& refused, http::ErrorRenderer render) {
  http::Response response = http::error_response(status_of(refused.reason), refused.why, render);
  response.retry_after_s = refused.retry_after_s;
  return response;
}

http::Response in_e2b_form(http::Response response) {
  if (response.status < 400) return response;
  std::string body = "{";
  json::append_key(body, "code");
  body += std::to_string(response.status);
  JsonMembers members(response.body);
  while (const auto member = members.next()) {
    if (member->name != "error") continue;
    json::append_key(body, "message");
    body.append(member->value);
  }
  response.body = body.append("}");
  return response;
}

E2bFound e2b_named(const http::Exchange& exchange, const E2bDoor& door) {
  const std::string_view id = exchange.request.path_parameter("id");
  const std::string owner = owner_of(exchange);
  auto sandbox = door.sandboxes.find(id);
  if (sandbox != nullptr && owner_of(*sandbox) == owner) return sandbox;
  if (auto other = elsewhere(id, door, owner, e2b_error)) return *std::move(other);
  return http::error_response(404, "there is no sandbox " + std::string(id), e2b_error);
}

E2bFound e2b_opened(const http::RequestHeaders& headers, const E2bDoor& door,
                    http::ErrorRenderer render) {
  const std::string_view id = headers[RequestHeader::e2b_sandbox_id];
  if (id.empty()) {
    return http::error_response(400, "which sandbox? E2b-Sandbox-Id names it", render);
  }
  auto sandbox = door.sandboxes.find(id);
  if (sandbox == nullptr || sandbox->paused || !opens(headers, *sandbox, door.has_keys)) {
    return not_running(id, door, render);
  }
  return sandbox;
}

void add_e2b_variables(RequestBuilder& builder, MemberReader& members, std::string_view name) {
  const auto* const variables = members.object(name);
  if (variables == nullptr) return;
  for (const auto& [variable, value] : *variables) {
    const auto* const text = value.if_string();
    if (text == nullptr) members.fail(name, "must have texts only");
    if (text != nullptr) builder.env(variable, *text);
  }
}

Task<SessionOrAnswer> make_e2b_session(http::Exchange& exchange, const E2bDoor& door,
                                       std::string env_block) {
  ExecutionRequest request;
  request.limits = maxima_of(exchange, door.execute());
  request.session.limits = door.in_sessions.store.config().limits;
  request.env_block = std::move(env_block);
  co_return co_await open_session(exchange, door.in_sessions, request, e2b_error);
}

}  // namespace forkjail::server
