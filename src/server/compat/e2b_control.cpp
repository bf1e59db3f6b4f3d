#include "server/compat/e2b_control.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/text.h"
#include "server/adapters/json_document.h"
#include "server/adapters/member_reader.h"
#include "server/adapters/request_builder.h"
#include "server/api/session_json.h"
#include "server/compat/e2b_ids.h"
#include "server/compat/e2b_query.h"

namespace forkjail::server {
namespace {

// What the clients take it for decides which calls they make: up to here files are sent as forms
// (e2b_files.h).
constexpr std::string_view kEnvdVersion = "0.5.6";
constexpr std::string_view kClientId = "forkjail";
constexpr std::int64_t kDefaultTimeout = 300;
constexpr std::int64_t kTimeoutMax = 30 * 86'400;  // far beyond the life of any session
constexpr std::size_t kTemplateBytesMax = 256;
constexpr std::size_t kMetadataBytesMax = 16 * kKiB;

struct UnsupportedRow {
  std::string_view field;
  std::string_view why;
};
// What would change the meaning of a sandbox, and cannot be given.
constexpr std::array kUnsupported{
    UnsupportedRow{"autoPause", "a sandbox ends at its timeout: on_timeout must be \"kill\""},
    UnsupportedRow{"volumeMounts", "sandboxes have no volumes"},
    UnsupportedRow{"mcp", "sandboxes have no MCP servers"},
    UnsupportedRow{"iam", "sandboxes have no workload identity"},
};

http::Response json_response(unsigned status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

// What create and connect answer.
std::string opened_json(const E2bSandbox& sandbox) {
  std::string json = "{";
  json::append_text_member(json, "templateID", sandbox.template_id);
  json::append_text_member(json, "sandboxID", sandbox.id);
  json::append_text_member(json, "clientID", kClientId);
  json::append_text_member(json, "envdVersion", kEnvdVersion);
  json::append_text_member(json, "envdAccessToken", sandbox.token);
  json::append_text_member(json, "trafficAccessToken", sandbox.token);
  json::append_key(json, "domain");
  return json + "null}";
}

std::string_view state_of(const E2bSandbox& sandbox) {
  return sandbox.paused ? "paused" : "running";
}

std::string described_json(const E2bSandbox& sandbox, const E2bDoor& door) {
  const auto left = std::chrono::duration_cast<WallClock::duration>(sandbox.ends_at - Clock::now());
  std::string json = "{";
  json::append_text_member(json, "templateID", sandbox.template_id);
  json::append_text_member(json, "sandboxID", sandbox.id);
  json::append_text_member(json, "clientID", kClientId);
  json::append_text_member(json, "envdVersion", kEnvdVersion);
  json::append_text_member(json, "startedAt", time_text(sandbox.started_at));
  json::append_text_member(json, "endAt", time_text(WallClock::now() + left));
  json::append_text_member(json, "state", state_of(sandbox));
  json::append_count_member(json, "cpuCount", 1);
  json::append_count_member(json, "memoryMB",
                            door.sandboxes.store().config().limits.memory_bytes / kMiB);
  json::append_count_member(json, "diskSizeMB", kScratchBytesMax / kMiB);
  json::append_key(json, "metadata");
  return json + sandbox.metadata_json + "}";
}

bool is_given(const boost::json::value& value) {
  if (const auto* flag = value.if_bool()) return *flag;
  if (const auto* list = value.if_array()) return !list->empty();
  if (const auto* object = value.if_object()) return !object->empty();
  return !value.is_null();
}

// An object of texts, written out again; empty and a problem if it is something else.
std::string metadata_of(MemberReader& members) {
  std::string json = "{";
  const boost::json::object* metadata = members.object("metadata");
  if (metadata != nullptr) {
    for (const auto& [name, value] : *metadata) {
      const auto* text = value.if_string();
      if (text == nullptr) {
        members.fail("metadata", "must have texts only");
        break;
      }
      json::append_text_member(json, name, *text);
    }
  }
  if (json.size() > kMetadataBytesMax) members.fail("metadata", "is too long");
  return json + "}";
}

std::optional<std::int64_t> timeout_of(MemberReader& members) {
  const auto timeout = members.integer("timeout");
  if (!timeout) return std::nullopt;
  if (*timeout < 0) members.fail("timeout", "must not be negative");
  return std::min(*timeout, kTimeoutMax);
}

// The sandbox that a request asks for, without its session; or what is wrong.
std::variant<std::shared_ptr<E2bSandbox>, RequestError> read_sandbox(
    const boost::json::value& document, const RunLimits& maxima, std::int64_t& timeout) {
  auto sandbox = std::make_shared<E2bSandbox>();
  MemberReader members(document);
  sandbox->template_id = members.text("templateID").value_or("base");
  if (sandbox->template_id.size() > kTemplateBytesMax) members.fail("templateID", "is too long");
  timeout = timeout_of(members).value_or(kDefaultTimeout);
  sandbox->metadata_json = metadata_of(members);
  for (const auto& [field, why] : kUnsupported) {
    const auto* value = members.find(field);
    if (value != nullptr && is_given(*value))
      members.fail(field, "is not supported: " + std::string(why));
  }
  RequestBuilder builder(maxima);
  builder.script(kSetUpScript);
  add_e2b_variables(builder, members, "envVars");
  if (members.problem()) return *members.problem();
  Decoded request = builder.finish();
  if (auto* const error = std::get_if<RequestError>(&request)) return std::move(*error);
  sandbox->env_block = std::move(std::get<ExecutionRequest>(request).env_block);
  return sandbox;
}

// What a call to a sandbox that is there is given.
struct Given {
  std::optional<std::int64_t> timeout;
  bool has_memory = true;  // false: a pause or a start without the variables and modules
};

Task<std::variant<Given, http::Response>> read_given(http::Exchange& exchange,
                                                     const E2bDoor& door) {
  if (exchange.request.body.empty()) exchange.request.body = "{}";
  const auto document = co_await read_document(exchange, door.execute());
  if (!document) co_return e2b_refused(given_up(), e2b_error);
  if (const auto* error = std::get_if<RequestError>(&*document)) {
    co_return http::error_response(error->status, error->message, e2b_error);
  }
  MemberReader members(std::get<boost::json::value>(*document));
  Given given;
  given.timeout = timeout_of(members);
  if (!given.timeout) given.timeout = members.integer("duration");  // what a renewal calls it
  given.has_memory = members.boolean("memory").value_or(true);
  if (members.problem()) {
    co_return http::error_response(400, members.problem()->message, e2b_error);
  }
  co_return given;
}

http::Response is_paused(const E2bSandbox& sandbox) {
  return http::error_response(409, "the sandbox " + sandbox.id + " is paused; connect to it",
                              e2b_error);
}

http::Response without_memory() {
  return http::error_response(
      400, "memory: a sandbox is kept as a whole here, with its variables and its files",
      e2b_error);
}

}  // namespace

Task<http::Response> create_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door) {
  const auto document = co_await read_document(exchange, door.execute());
  if (!document) co_return e2b_refused(given_up(), e2b_error);
  if (const auto* error = std::get_if<RequestError>(&*document)) {
    co_return http::error_response(error->status, error->message, e2b_error);
  }
  std::int64_t timeout = 0;
  auto read = read_sandbox(std::get<boost::json::value>(*document),
                           maxima_of(exchange, door.execute()), timeout);
  if (const auto* error = std::get_if<RequestError>(&read)) {
    co_return http::error_response(error->status, error->message, e2b_error);
  }
  auto sandbox = std::get<std::shared_ptr<E2bSandbox>>(std::move(read));
  auto token = new_e2b_token();
  if (!token) co_return http::error_response(503, "no sandbox can be made now", e2b_error);
  auto made = co_await make_e2b_session(exchange, door, sandbox->env_block);
  if (auto* const response = std::get_if<http::Response>(&made)) co_return std::move(*response);
  const auto session = std::get<std::shared_ptr<Session>>(std::move(made));
  sandbox->id = e2b_id_of_session(session->id());
  sandbox->token = *std::move(token);
  if (key_holder_of(exchange) != nullptr) sandbox->caller = exchange.caller;
  sandbox->contexts.push_back(std::make_shared<E2bContext>(E2bContext{sandbox->id, session}));
  door.sandboxes.set_timeout(*sandbox, std::chrono::seconds(timeout));
  door.sandboxes.add(sandbox);
  co_return json_response(201, opened_json(*sandbox));
}

Task<http::Response> list_e2b_sandboxes(http::Exchange& exchange, const E2bDoor& door) {
  const E2bFilter filter(exchange.request.query);
  if (!filter.unknown().empty()) {
    co_return http::error_response(400, filter.unknown() + ": not supported", e2b_error);
  }
  std::string json = "[";
  for (const auto& sandbox : door.sandboxes.of(owner_of(exchange))) {
    if (!filter.takes(state_of(*sandbox), sandbox->template_id, sandbox->metadata_json)) continue;
    if (json.size() > 1) json += ",";
    json += described_json(*sandbox, door);
  }
  co_return json_response(200, json + "]");
}

Task<http::Response> describe_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door) {
  auto found = e2b_named(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  co_return json_response(200, described_json(*std::get<std::shared_ptr<E2bSandbox>>(found), door));
}

Task<http::Response> kill_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door) {
  auto found = e2b_named(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  door.sandboxes.remove(*std::get<std::shared_ptr<E2bSandbox>>(found));
  co_return http::empty_response(http::kNoContent);
}

Task<http::Response> time_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door) {
  auto read = co_await read_given(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&read)) co_return std::move(*response);
  auto found = e2b_named(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  E2bSandbox& sandbox = *std::get<std::shared_ptr<E2bSandbox>>(found);
  if (sandbox.paused) co_return is_paused(sandbox);
  const auto seconds = std::get<Given>(read).timeout.value_or(kDefaultTimeout);
  door.sandboxes.set_timeout(sandbox, std::chrono::seconds(seconds));
  co_return http::empty_response(http::kNoContent);
}

Task<http::Response> pause_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door) {
  auto read = co_await read_given(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&read)) co_return std::move(*response);
  if (!std::get<Given>(read).has_memory) co_return without_memory();
  auto found = e2b_named(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  E2bSandbox& sandbox = *std::get<std::shared_ptr<E2bSandbox>>(found);
  if (sandbox.paused) co_return is_paused(sandbox);
  door.sandboxes.pause(sandbox);
  co_return http::empty_response(http::kNoContent);
}

Task<http::Response> connect_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door) {
  auto read = co_await read_given(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&read)) co_return std::move(*response);
  const Given given = std::get<Given>(read);
  auto found = e2b_named(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  E2bSandbox& sandbox = *std::get<std::shared_ptr<E2bSandbox>>(found);
  if (sandbox.paused && !given.has_memory) co_return without_memory();
  door.sandboxes.connect(sandbox, std::chrono::seconds(given.timeout.value_or(kDefaultTimeout)));
  co_return json_response(200, opened_json(sandbox));
}

}  // namespace forkjail::server
