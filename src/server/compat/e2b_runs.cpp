#include "server/compat/e2b_runs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/text.h"
#include "server/adapters/adapter_call.h"
#include "server/adapters/json_document.h"
#include "server/adapters/member_reader.h"
#include "server/adapters/request_builder.h"
#include "server/compat/e2b_ids.h"
#include "server/compat/e2b_lines.h"
#include "server/compat/e2b_paths.h"
#include "server/compat/e2b_stream.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kDirectory = kE2bDirectory;
constexpr std::string_view kLanguage = "python";
constexpr std::array kPythonNames{std::string_view("python"), std::string_view("python3"),
                                  std::string_view("py")};
constexpr std::string_view kStartedAnew =
    "forkjail: what this context held was lost; it starts anew\n";

// What /execute is asked.
struct E2bRun {
  ExecutionRequest request;
  std::string context_id;  // empty: the default one
};

std::string no_context(std::string_view id) { return "Context " + std::string(id) + " not found"; }

void check_language(MemberReader& members) {
  const auto language = members.text("language");
  if (!language || std::ranges::find(kPythonNames, *language) != kPythonNames.end()) return;
  members.fail("language", "is not supported: a sandbox runs Python here");
}

std::variant<E2bRun, RequestError> read_run(const boost::json::value& document,
                                            const RunLimits& maxima) {
  MemberReader members(document);
  RequestBuilder builder(maxima);
  const std::string_view code = members.needed_text("code");
  const auto context_id = members.text("context_id");
  if (context_id && members.has("language")) {
    members.fail("context_id", "and language exclude each other");
  }
  check_language(members);
  add_e2b_variables(builder, members, "env_vars");
  if (members.problem()) return *members.problem();
  // A cell without a line of code is a notebook's too.
  builder.script(code.empty() ? kSetUpScript : code, "code");
  builder.mode(protocol::RunMode::repl);
  builder.as_events();
  builder.advise_without_fields();
  Decoded decoded = builder.finish();
  if (auto* const error = std::get_if<RequestError>(&decoded)) return std::move(*error);
  E2bRun run{std::get<ExecutionRequest>(std::move(decoded)), std::string(context_id.value_or(""))};
  run.request.display_details = true;
  return run;
}

// Of a run that did not return.
std::optional<E2bError> error_of(const Outcome& outcome) {
  if (std::holds_alternative<Returned>(outcome)) return std::nullopt;
  if (const auto* failed = std::get_if<Failed>(&outcome)) return e2b_error_of(*failed);
  std::string why = "the run was interrupted";
  if (const auto* lost = std::get_if<Lost>(&outcome))
    why = "the service lost this run: " + lost->why;
  return E2bError{"ExecutionError", why, why};
}

// Of a run that no line was sent of.
http::Response unbegun(const Session& session, const E2bSandbox& sandbox,
                       const SessionResult& result) {
  if (const auto* refused = std::get_if<Refused>(&result)) {
    return e2b_refused(*refused, e2b_text_error);
  }
  if (const auto* refusal = std::get_if<SessionRefusal>(&result)) {
    if (sandbox.ended || session.ended() == SessionEnd::deleted) {
      return http::error_response(404, "the context has ended", e2b_text_error);
    }
    http::Response response = http::error_response(
        *refusal == SessionRefusal::busy ? 429 : 503,
        "the context takes no further run now; send the request again later", e2b_text_error);
    response.retry_after_s = 1;
    return response;
  }
  return http::error_response(503, "the service lost this run; send the request again",
                              e2b_text_error);
}

Task<http::Response> execute(http::Exchange& exchange, const E2bDoor& door, AdapterCall& call) {
  auto found = e2b_opened(exchange.request.headers, door, e2b_text_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  const auto sandbox = std::get<std::shared_ptr<E2bSandbox>>(std::move(found));
  if (const auto refused = call.refuses_all()) co_return e2b_refused(*refused, e2b_text_error);
  auto document = co_await read_document(exchange, door.execute());
  if (!document) co_return e2b_refused(given_up(), e2b_text_error);
  if (const auto* error = std::get_if<RequestError>(&*document)) {
    co_return http::error_response(error->status, error->message, e2b_text_error);
  }
  auto read =
      read_run(std::get<boost::json::value>(*document), maxima_of(exchange, door.execute()));
  if (const auto* error = std::get_if<RequestError>(&read)) {
    co_return http::error_response(error->status, error->message, e2b_text_error);
  }
  E2bRun run = std::get<E2bRun>(std::move(read));
  document.reset();  // the run has what it needs of it, and may wait long
  const auto context =
      run.context_id.empty() ? sandbox->contexts.front() : sandbox->context(run.context_id);
  if (context == nullptr) {
    co_return http::error_response(404, no_context(run.context_id), e2b_text_error);
  }
  const bool starts_anew = context->session->ended() != SessionEnd::none;
  auto live = co_await live_e2b_session(exchange, door, *sandbox, *context);
  if (auto* const response = std::get_if<http::Response>(&live)) co_return std::move(*response);
  const auto session = std::get<std::shared_ptr<Session>>(std::move(live));
  run.request.limits.memory_bytes = session->limits().memory_bytes;

  E2bStream stream(exchange.stream, door.execute().executor, context->executions);
  if (starts_anew) stream.announce(std::string(kStartedAnew));
  SessionResult result = co_await call.run_in(*session, run.request, RunKind::script, &stream);
  auto* const ran = std::get_if<SessionRun>(&result);
  if (ran == nullptr || !stream.begun()) co_return unbegun(*session, *sandbox, result);
  const auto error = error_of(ran->run.outcome);
  http::Response response = stream.finish(error ? &*error : nullptr, ran->run.report);
  if (error) response.status = 422;  // for the log: what the client has says 200
  co_return response;
}

std::string context_json(const E2bContext& context) {
  std::string json = "{";
  json::append_key(json, "id");
  json::append_string(json, context.id);
  json::append_key(json, "language");
  json::append_string(json, kLanguage);
  json::append_key(json, "cwd");
  json::append_string(json, kDirectory);
  return json + "}";
}

// Counts a context that waits for its session.
class Starting {
 public:
  explicit Starting(std::size_t& count) : count_(count) { ++count_; }
  Starting(const Starting&) = delete;
  Starting& operator=(const Starting&) = delete;
  ~Starting() { --count_; }

 private:
  std::size_t& count_;
};

// Gives the context another session in place of the one it has.
Task<SessionOrAnswer> renew(http::Exchange& exchange, const E2bDoor& door, E2bSandbox& sandbox,
                            E2bContext& context) {
  const auto before = context.session;
  context.is_due = true;
  door.sandboxes.store().remove(*before);
  auto made = co_await make_e2b_session(exchange, door, sandbox.env_block);
  if (auto* const response = std::get_if<http::Response>(&made)) co_return std::move(*response);
  auto session = std::get<std::shared_ptr<Session>>(std::move(made));
  if (sandbox.ended || context.session != before) {  // meanwhile, by another request
    door.sandboxes.store().remove(*session);
    if (sandbox.ended) co_return http::error_response(404, "the sandbox has ended", e2b_text_error);
    co_return context.session;
  }
  context.session = session;
  context.executions = 0;
  context.is_due = false;
  co_return session;
}

// The sandbox, and the context that the path names.
struct Named {
  std::shared_ptr<E2bSandbox> sandbox;
  std::shared_ptr<E2bContext> context;
};
std::variant<Named, http::Response> named(http::Exchange& exchange, const E2bDoor& door) {
  auto found = e2b_opened(exchange.request.headers, door, e2b_text_error);
  if (auto* const response = std::get_if<http::Response>(&found)) return std::move(*response);
  Named named{std::get<std::shared_ptr<E2bSandbox>>(std::move(found)), nullptr};
  const std::string_view id = exchange.request.path_parameter("context");
  named.context = named.sandbox->context(id);
  if (named.context == nullptr) return http::error_response(404, no_context(id), e2b_text_error);
  return named;
}

http::Response json_response(unsigned status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace

Task<http::Response> execute_for_e2b(http::Exchange& exchange, const E2bDoor& door) {
  AdapterCall call(exchange, door.execute(), "e2b");
  http::Response response = co_await execute(exchange, door, call);
  co_return co_await call.finish(std::move(response));
}

Task<SessionOrAnswer> live_e2b_session(http::Exchange& exchange, const E2bDoor& door,
                                       E2bSandbox& sandbox, E2bContext& context) {
  if (context.session->ended() == SessionEnd::none) co_return context.session;
  co_return co_await renew(exchange, door, sandbox, context);
}

Task<http::Response> create_e2b_context(http::Exchange& exchange, const E2bDoor& door) {
  auto found = e2b_opened(exchange.request.headers, door, e2b_text_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  const auto sandbox = std::get<std::shared_ptr<E2bSandbox>>(std::move(found));
  if (exchange.request.body.empty()) exchange.request.body = "{}";
  const auto document = co_await read_document(exchange, door.execute());
  if (!document) co_return e2b_refused(given_up(), e2b_text_error);
  if (const auto* error = std::get_if<RequestError>(&*document)) {
    co_return http::error_response(error->status, error->message, e2b_text_error);
  }
  MemberReader members(std::get<boost::json::value>(*document));
  check_language(members);
  if (members.problem()) {
    co_return http::error_response(400, members.problem()->message, e2b_text_error);
  }
  if (sandbox->contexts.size() + sandbox->starting >= E2bSandboxes::kContextsMax) {
    co_return http::error_response(
        429, "a sandbox has at most " + std::to_string(E2bSandboxes::kContextsMax) + " contexts",
        e2b_text_error);
  }
  const Starting starting(sandbox->starting);
  auto made = co_await make_e2b_session(exchange, door, sandbox->env_block);
  if (auto* const response = std::get_if<http::Response>(&made)) co_return std::move(*response);
  const auto session = std::get<std::shared_ptr<Session>>(std::move(made));
  if (sandbox->ended) {
    door.sandboxes.store().remove(*session);
    co_return http::error_response(404, "the sandbox has ended", e2b_text_error);
  }
  auto context =
      std::make_shared<E2bContext>(E2bContext{e2b_id_of_session(session->id()), session});
  sandbox->contexts.push_back(context);
  co_return json_response(200, context_json(*context));
}

Task<http::Response> list_e2b_contexts(http::Exchange& exchange, const E2bDoor& door) {
  auto found = e2b_opened(exchange.request.headers, door, e2b_text_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  std::string json = "[";
  for (const auto& context : std::get<std::shared_ptr<E2bSandbox>>(found)->contexts) {
    if (json.size() > 1) json += ",";
    json += context_json(*context);
  }
  co_return json_response(200, json + "]");
}

Task<http::Response> restart_e2b_context(http::Exchange& exchange, const E2bDoor& door) {
  auto found = named(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  const auto& [sandbox, context] = std::get<Named>(found);
  auto renewed = co_await renew(exchange, door, *sandbox, *context);
  if (auto* const response = std::get_if<http::Response>(&renewed)) co_return std::move(*response);
  co_return http::empty_response(http::kNoContent);
}

// A sandbox always has its default context: to delete it is to start it anew.
Task<http::Response> delete_e2b_context(http::Exchange& exchange, const E2bDoor& door) {
  auto found = named(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  const auto& [sandbox, context] = std::get<Named>(found);
  if (context == sandbox->contexts.front()) {
    auto renewed = co_await renew(exchange, door, *sandbox, *context);
    if (auto* const response = std::get_if<http::Response>(&renewed))
      co_return std::move(*response);
  } else {
    door.sandboxes.store().remove(*context->session);
    std::erase(sandbox->contexts, context);
  }
  co_return http::empty_response(http::kNoContent);
}

Task<http::Response> e2b_health(http::Exchange& exchange, const E2bDoor& door) {
  const bool is_named = !exchange.request.headers[http::RequestHeader::e2b_sandbox_id].empty();
  if (is_named) {
    auto found = e2b_opened(exchange.request.headers, door, e2b_error);
    if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
    co_return http::empty_response(http::kNoContent);
  }
  http::Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = "OK";
  co_return response;
}

}  // namespace forkjail::server
