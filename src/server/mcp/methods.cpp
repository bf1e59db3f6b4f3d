#include "server/mcp/methods.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/text.h"
#include "server/mcp/fixtures.h"
#include "server/mcp/session_uri.h"

namespace forkjail::server::mcp {
namespace {

struct Asked {
  const Message& message;
  const http::Exchange& exchange;
  const McpContext& context;
};

std::string server_info(const McpContext& context) {
  std::string json = R"({"name":"forkjail","title":"Forkjail")";
  json::append_key(json, "version");
  json::append_string(json, context.version);
  return json + "}";
}

std::string capabilities(const McpContext& context, Era era) {
  if (context.fixtures != nullptr) return std::string(fixture_capabilities(era));
  return context.sessions == nullptr ? R"({"tools":{}})" : R"({"tools":{},"resources":{}})";
}

Reply initialize(const Asked& asked) {
  const auto requested = text_of(asked.message.params().if_contains("protocolVersion"));
  if (!requested) return RpcError{kInvalidParams, "protocolVersion: is missing"};
  std::string json = "{";
  json::append_key(json, "protocolVersion");
  json::append_string(json, negotiated_version(*requested));
  json::append_key(json, "capabilities");
  json += capabilities(asked.context, Era::legacy);
  json::append_key(json, "serverInfo");
  json += server_info(asked.context);
  json::append_key(json, "instructions");
  json::append_string(json, instructions(facts_of(asked.exchange, asked.context)));
  return json + "}";
}

Reply discover(const Asked& asked) {
  std::string json = R"({"supportedVersions":)" + versions_json();
  json::append_key(json, "capabilities");
  json += capabilities(asked.context, Era::modern);
  json::append_key(json, "instructions");
  json::append_string(json, instructions(facts_of(asked.exchange, asked.context)));
  return json + "}";
}

Reply ping(const Asked& /*asked*/) { return "{}"; }

// {"NAME": [own, fixtures]}
std::string list(std::string_view name, const std::string& own, std::string_view of_fixtures) {
  std::string json = "{";
  json::append_key(json, name);
  json.append("[").append(own);
  if (!own.empty() && !of_fixtures.empty()) json += ",";
  return json.append(of_fixtures).append("]}");
}

Reply list_tools(const Asked& asked) {
  return list("tools", tools_json(facts_of(asked.exchange, asked.context)),
              asked.context.fixtures == nullptr ? std::string() : fixture_tools());
}

// Files of sessions are not listed: they are named where they are made.
Reply list_resources(const Asked& asked) {
  return list("resources", {},
              asked.context.fixtures == nullptr ? std::string() : fixture_resources());
}

Reply list_templates(const Asked& asked) {
  std::string own = "{";
  json::append_key(own, "uriTemplate");
  json::append_string(own, kSessionFileTemplate);
  json::append_key(own, "name");
  json::append_string(own, "session file");
  json::append_key(own, "description");
  json::append_string(own, "A file in the working directory of a session.");
  own += "}";
  if (asked.context.sessions == nullptr) own.clear();
  return list("resourceTemplates", own,
              asked.context.fixtures == nullptr ? std::string_view() : fixture_templates());
}

struct MethodRow {
  std::string_view name;
  bool legacy;
  bool modern;
  Reply (*answer)(const Asked&);
};
constexpr std::array kMethods{
    MethodRow{"initialize", true, false, initialize},
    MethodRow{"ping", true, false, ping},
    MethodRow{"server/discover", false, true, discover},
    MethodRow{"tools/list", true, true, list_tools},
    MethodRow{"resources/list", true, true, list_resources},
    MethodRow{"resources/templates/list", true, true, list_templates},
};

// Their results may be kept for a while, by the client that got them alone: they tell the limits of
// a key.
constexpr std::array<std::string_view, 5> kKept{"server/discover", "tools/list", "resources/list",
                                                "resources/templates/list", "prompts/list"};
constexpr int kKeptMilliseconds = 60'000;

bool is_of(const MethodRow& row, Era era) { return era == Era::legacy ? row.legacy : row.modern; }

}  // namespace

std::optional<Reply> answer_at_once(const Message& message, Era era, const http::Exchange& exchange,
                                    const McpContext& context) {
  const auto* const row = std::ranges::find(kMethods, message.method, &MethodRow::name);
  if (row == kMethods.end() || !is_of(*row, era)) return std::nullopt;
  if (context.sessions == nullptr && context.fixtures == nullptr &&
      message.method.starts_with("resources/")) {
    return std::nullopt;
  }
  return row->answer({message, exchange, context});
}

std::string in_form_of(Era era, std::string result, std::string_view method,
                       const McpContext& context) {
  if (era == Era::legacy) return result;
  std::string head = R"({"_meta":{"io.modelcontextprotocol/serverInfo":)" + server_info(context);
  head += "}";
  if (!result.starts_with(R"({"resultType")")) head += R"(,"resultType":"complete")";
  if (std::ranges::find(kKept, method) != kKept.end()) {
    head.append(R"(,"ttlMs":)").append(std::to_string(kKeptMilliseconds));
    head += R"(,"cacheScope":"private")";
  } else if (method == "resources/read") {
    head += R"(,"ttlMs":0,"cacheScope":"private")";  // the next run may change it
  }
  if (result != "{}") head += ",";
  return result.replace(0, 1, head);
}

RpcError no_such_method(Era era) {
  return {kMethodNotFound, "there is no such method", era == Era::modern ? 404U : 200U};
}

ServiceFacts facts_of(const http::Exchange& exchange, const McpContext& context) {
  ServiceFacts facts;
  facts.limits = maxima_of(exchange, context.execute);
  facts.packages = context.packages;
  if (context.sessions != nullptr) {
    facts.session_limits = context.sessions->store.config().limits;
    facts.states_max = context.sessions->store.config().states_max;
    facts.has_sessions = true;
    facts.has_checkpoints = context.sessions->store.has_checkpoints();
  }
  return facts;
}

}  // namespace forkjail::server::mcp
