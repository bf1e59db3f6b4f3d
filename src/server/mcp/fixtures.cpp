#include "server/mcp/fixtures.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

#include "json/text.h"
#include "server/mcp/fixture_rounds.h"
#include "server/mcp/fixture_tables.h"
#include "server/mcp/rpc_stream.h"
#include "server/mcp/tool_method.h"
#include "server/mcp/tool_result.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::chrono::seconds kAnswerTimeMax{10};
constexpr std::string_view kTemplateStart = "test://template/";
constexpr std::string_view kTemplateEnd = "/data";

template <typename Row>
const Row* find(std::span<const Row> rows, std::string_view name) {
  const auto row = std::ranges::find(rows, name, &Row::name);
  return row == rows.end() ? nullptr : &*row;
}

void append_tool(std::string& json, std::string_view name, std::string_view schema) {
  json += json.empty() ? "{" : ",{";
  json::append_key(json, "name");
  json::append_string(json, name);
  json::append_key(json, "description");
  json::append_string(json, "A fixture of tests.");
  json::append_key(json, "inputSchema");
  json.append(schema).append("}");
}

std::string_view text_in(const Message& message, std::string_view name) {
  return text_of(message.params().if_contains(name)).value_or(std::string_view());
}

// ---- resources and prompts ----

std::string contents(std::string_view uri, std::string_view rest) {
  std::string json = R"({"contents":[{)";
  json::append_key(json, "uri");
  json::append_string(json, uri);
  return json.append(",").append(rest).append("]}");
}

Reply read_resource(const McpRequest& request) {
  const std::string_view uri = text_in(request.message, "uri");
  for (const FixtureResource& row : fixture_resource_rows()) {
    if (row.uri == uri) return contents(uri, row.contents);
  }
  if (uri.starts_with(kTemplateStart) && uri.ends_with(kTemplateEnd)) {
    std::string rest = R"("mimeType":"application/json","text":)";
    json::append_string(rest, uri);
    return contents(uri, rest + "}");
  }
  std::string data = "{";
  json::append_key(data, "uri");
  json::append_string(data, uri);
  return RpcError{request.era == Era::modern ? kInvalidParams : kResourceNotFound,
                  "there is no such resource", 200, data + "}"};
}

Reply list_prompts(const McpRequest& /*request*/) {
  std::string json = R"({"prompts":[)";
  for (const FixturePrompt& prompt : fixture_prompts()) {
    json += json.back() == '[' ? "{" : ",{";
    json::append_key(json, "name");
    json::append_string(json, prompt.name);
    json::append_key(json, "description");
    json::append_string(json, "A fixture of tests.");
    json::append_key(json, "arguments");
    json.append(prompt.arguments).append("}");
  }
  return json + "]}";
}

// Puts an argument in place of its "$NAME", without quotes.
void put_argument(std::string& json, std::string_view name, std::string_view value) {
  const std::string place = "$" + std::string(name);
  const auto at = json.find(place);
  if (at == std::string::npos) return;
  std::string text;
  json::append_string(text, value);
  json.replace(at, place.size(), text, 1, text.size() - 2);
}

Reply get_prompt(const McpRequest& request) {
  const std::string_view name = text_in(request.message, "name");
  const FixturePrompt* const prompt = find(fixture_prompts(), name);
  if (prompt == nullptr) return RpcError{kInvalidParams, "there is no such prompt"};
  std::string json = R"({"messages":[)" + std::string(prompt->messages) + "]}";
  const auto* const arguments = request.message.params().if_contains("arguments");
  if (arguments != nullptr && arguments->is_object()) {
    for (const auto& [key, value] : arguments->get_object()) {
      put_argument(json, {key.data(), key.size()}, text_of(&value).value_or(""));
    }
  }
  if (name == rounds_prompt().name) return next_round(rounds_prompt(), request.message, json);
  return json;
}

Reply complete(const McpRequest& /*request*/) {
  return R"({"completion":{"values":["paris","park"],"total":2,"hasMore":false}})";
}

Reply accept(const McpRequest& /*request*/) { return "{}"; }

struct FixtureMethod {
  std::string_view name;
  bool modern;
  Reply (*answer)(const McpRequest&);
};
constexpr std::array kFixtureMethods{
    FixtureMethod{"resources/read", true, read_resource},
    FixtureMethod{"resources/subscribe", false, accept},
    FixtureMethod{"resources/unsubscribe", false, accept},
    FixtureMethod{"prompts/list", true, list_prompts},
    FixtureMethod{"prompts/get", true, get_prompt},
    FixtureMethod{"completion/complete", true, complete},
    FixtureMethod{"logging/setLevel", false, accept},
};

// ---- tools ----

Task<http::Response> reply(const McpRequest& request, Reply reply) {
  co_return reply_response(request, std::move(reply));
}

std::string last_of(const McpRequest& request, std::string result) {
  return result_text(request.message.id,
                     in_form_of(request.era, std::move(result), "tools/call", request.context));
}

// Whether the client wants what the tool tells on its way.
bool is_wanted(const McpRequest& request, const NotifyingTool& tool) {
  if (tool.method == "notifications/progress") return !progress_token(request.message).empty();
  return request.era == Era::legacy ||
         meta_of(request.message, "io.modelcontextprotocol/logLevel") != nullptr;
}

Task<http::Response> notify(const McpRequest& request, const NotifyingTool& tool) {
  RpcStream stream(request.exchange.stream, request.context.execute.executor);
  stream.begin();
  const bool of_progress = tool.method == "notifications/progress";
  const std::string start =
      of_progress ? R"({"progressToken":)" + progress_token(request.message) + "," : "";
  for (const std::string_view params : tool.params) {
    if (!is_wanted(request, tool)) break;
    stream.send(notification_text(tool.method, start + std::string(params)));
  }
  co_return stream.finish(last_of(request, std::string(tool.result)));
}

Task<http::Response> ask_client(const McpRequest& request, const AskingTool& tool) {
  auto& fixtures = *request.context.fixtures;
  const Executor& executor = request.context.execute.executor;
  RpcStream stream(request.exchange.stream, executor);
  stream.begin();
  std::string id;
  json::append_string(id, "fixture-" + std::to_string(++fixtures.asked));
  Timer timer(executor, Clock::now() + kAnswerTimeMax);
  Fixtures::Waiter waiter{timer, "null"};
  fixtures.waiters.emplace(id, &waiter);
  stream.send(request_text(id, tool.request.method, tool.request.params));
  {
    const auto listening =
        request.exchange.interruption.listen([&timer](InterruptReason) { timer.cancel(); });
    co_await timer.async_wait(use_task);
  }
  fixtures.waiters.erase(id);
  ToolResult result = text_result("The client answered: " + waiter.answer);
  co_return stream.finish(last_of(request, result.take()));
}

}  // namespace

std::string_view fixture_capabilities(Era era) {
  return era == Era::modern
             ? R"({"tools":{},"resources":{},"prompts":{},"completions":{}})"
             : R"({"tools":{},"resources":{"subscribe":true},"prompts":{},"completions":{},)"
               R"("logging":{}})";
}

std::string fixture_tools() {
  std::string json;
  for (const auto& tool : fixed_tools()) append_tool(json, tool.name, kAnyArguments);
  for (const auto& tool : notifying_tools()) append_tool(json, tool.name, kAnyArguments);
  for (const auto& tool : asking_tools()) append_tool(json, tool.name, tool.schema);
  for (const auto& tool : rounds_tools()) append_tool(json, tool.name, kAnyArguments);
  return json;
}

std::string fixture_resources() {
  std::string json;
  for (const FixtureResource& row : fixture_resource_rows()) {
    json += json.empty() ? "{" : ",{";
    json::append_key(json, "uri");
    json::append_string(json, row.uri);
    json::append_key(json, "name");
    json::append_string(json, row.uri);
    json::append_key(json, "description");
    json::append_string(json, "A fixture of tests.");
    json += "}";
  }
  return json;
}

std::string_view fixture_templates() {
  return R"({"uriTemplate":"test://template/{id}/data","name":"template"})";
}

std::optional<Reply> fixture_reply(const McpRequest& request) {
  if (request.context.fixtures == nullptr) return std::nullopt;
  const FixtureMethod* const row =
      find(std::span<const FixtureMethod>(kFixtureMethods), request.message.method);
  if (row == nullptr || (request.era == Era::modern && !row->modern)) return std::nullopt;
  return row->answer(request);
}

std::optional<Task<http::Response>> call_fixture(const McpRequest& request) {
  if (request.context.fixtures == nullptr) return std::nullopt;
  const std::string_view name = text_in(request.message, "name");
  if (const auto* const tool = find(fixed_tools(), name)) {
    return reply(request, std::string(tool->result));
  }
  if (const auto* const tool = find(notifying_tools(), name)) return notify(request, *tool);
  const bool modern = request.era == Era::modern;
  if (const auto* const tool = find(rounds_tools(), name); tool != nullptr && modern) {
    return reply(request, next_round(*tool, request.message,
                                     R"({"content":[{"type":"text","text":"Done."}]})"));
  }
  if (const auto* const tool = find(asking_tools(), name); tool != nullptr && !modern) {
    return ask_client(request, *tool);
  }
  return std::nullopt;
}

void take_client_answer(const Message& message, const McpContext& context) {
  if (context.fixtures == nullptr) return;
  const auto waiter = context.fixtures->waiters.find(message.id);
  if (waiter == context.fixtures->waiters.end()) return;
  if (const auto* const result = message.result()) {
    waiter->second->answer = boost::json::serialize(*result);
  }
  waiter->second->timer.cancel();
}

}  // namespace forkjail::server::mcp
