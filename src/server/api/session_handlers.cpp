#include "server/api/session_handlers.h"

#include <optional>
#include <utility>

#include "http/error_kind.h"
#include "http/gate.h"
#include "json/text.h"
#include "server/api/event_stream.h"
#include "server/api/execution_response.h"
#include "server/api/session_json.h"

namespace forkjail::server {
namespace {

// Of the key that asks; without keys the service's own bound is all there is.
std::uint32_t sessions_max_of(const http::Exchange& exchange) {
  const KeyHolder* const holder = key_holder_of(exchange);
  return holder == nullptr ? PartyTerms::kUnlimited
                           : holder->row.sessions_max.value_or(PartyTerms::kUnlimited);
}

http::Response json_response(unsigned status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

// Behind a run, before the closing brace: where the session is.
void add_state(std::string& body, std::optional<StateId> state) {
  body.pop_back();
  json::append_key(body, "state");
  if (state) {
    json::append_string(body, name_of_state(*state));
  } else {
    body += "null";
  }
  body += "}";
}

// Puts the files and variables of the request that made the session into its first state. Empty: it
// is done; else the answer.
Task<std::optional<http::Response>> prepare(ExecutionRequest& request, Session& session,
                                            http::Exchange& exchange, http::ErrorRenderer render) {
  if (request.file_block.empty() && request.env_block.empty()) co_return std::nullopt;
  request.script = kSetUpScript;
  request.mode = protocol::RunMode::repl;
  request.limits.memory_bytes = session.limits().memory_bytes;
  SessionResult result = co_await session.run(request, RunKind::edit, exchange.interruption,
                                              nullptr, arrival_of(exchange));
  if (const auto* refused = std::get_if<Refused>(&result)) {
    co_return refused_answer(*refused, render);
  }
  if (const auto* refusal = std::get_if<SessionRefusal>(&result)) {
    co_return session_refusal(*refusal, session, render);
  }
  const Finished& run = std::get<SessionRun>(result).run;
  if (std::holds_alternative<Returned>(run.outcome)) co_return std::nullopt;
  if (const auto* failed = std::get_if<Failed>(&run.outcome)) {
    http::Response response = http::error_response(422, failed->error, render);
    http::set_kind(response, name_of(failed->kind));
    co_return response;
  }
  http::Response response =
      http::error_response(503, "the service could not prepare the session; try again", render);
  http::set_kind(response, kRunLost);
  co_return response;
}

// The body may be missing: then all is as by default.
Task<std::optional<Decoded>> decode_session(http::Exchange& exchange,
                                            const SessionContext& context) {
  const RequestTerms terms{.form = RequestForm::session,
                           .maxima = maxima_of(exchange, context.execute),
                           .session_maxima = context.store.config().limits};
  if (exchange.request.body.empty()) exchange.request.body = "{}";
  co_return co_await decode_body(exchange, context.execute, terms);
}

Task<http::Response> execute(http::Exchange& exchange, const SessionContext& context,
                             RequestEnd& end) {
  auto found = session_of(exchange, context, execution_error);
  if (auto* const response = std::get_if<http::Response>(&found)) {
    end.entry.reason = kFaultyRequest;
    co_return std::move(*response);
  }
  const auto session = std::get<std::shared_ptr<Session>>(found);
  RequestTerms terms{.form = RequestForm::session_execute,
                     .maxima = maxima_of(exchange, context.execute)};
  terms.maxima.memory_bytes = session->limits().memory_bytes;
  auto read = co_await read_request(exchange, context.execute, terms, end.entry);
  if (auto* const response = std::get_if<http::Response>(&read)) co_return std::move(*response);
  auto& request = std::get<ExecutionRequest>(read);

  std::optional<EventStream> events;
  if (wants_events(exchange.request)) {
    events.emplace(exchange.stream, context.execute.executor);
    request.as_events = true;
  }
  SessionResult result = co_await session->run(request, RunKind::script, exchange.interruption,
                                               events ? &*events : nullptr, arrival_of(exchange));
  if (const auto* refused = std::get_if<Refused>(&result)) co_return answer_of(*refused, end.entry);
  if (const auto* refusal = std::get_if<SessionRefusal>(&result)) {
    end.entry.reason = kFaultyRequest;
    co_return session_refusal(*refusal, *session, execution_error);
  }
  auto& [finished, state] = std::get<SessionRun>(result);
  end.held = std::move(finished.held);
  http::Response response = answer_of(request, finished, context.execute, end.entry);
  add_state(response.body, state);
  co_await add_files(response, request, finished, context.execute, exchange.interruption);
  if (events) co_return events->finish(std::move(response), finished.report.output);
  co_return response;
}

}  // namespace

SessionOrAnswer session_of(const http::Exchange& exchange, const SessionContext& context,
                           http::ErrorRenderer render) {
  return session_of(exchange, context, exchange.request.path_parameter("id"), render);
}

SessionOrAnswer session_of(const http::Exchange& exchange, const SessionContext& context,
                           std::string_view id, http::ErrorRenderer render) {
  auto found = context.store.find(id, owner_of(exchange));
  if (const auto* none = std::get_if<NoSession>(&found)) return no_session(*none, render);
  return std::get<std::shared_ptr<Session>>(std::move(found));
}

Task<SessionOrAnswer> open_session(http::Exchange& exchange, const SessionContext& context,
                                   ExecutionRequest& request, http::ErrorRenderer render) {
  auto made = co_await context.store.create(owner_of(exchange), request.session.limits,
                                            exchange.interruption, sessions_max_of(exchange),
                                            party_of(exchange));
  if (const auto* refused = std::get_if<Refused>(&made)) {
    co_return refused_answer(*refused, render);
  }
  auto session = std::get<std::shared_ptr<Session>>(std::move(made));
  auto problem = co_await prepare(request, *session, exchange, render);
  if (problem) {
    context.store.remove(*session);
    co_return *std::move(problem);
  }
  co_return session;
}

Task<http::Response> create_session(http::Exchange& exchange, const SessionContext& context) {
  std::optional<Decoded> decoded = co_await decode_session(exchange, context);
  if (!decoded) {
    co_return refused_answer(context.execute.runner.count(given_up()), http::plain_error);
  }
  if (const auto* error = std::get_if<RequestError>(&*decoded)) {
    co_return http::error_response(error->status, error->message);
  }
  auto opened = co_await open_session(exchange, context, std::get<ExecutionRequest>(*decoded),
                                      http::plain_error);
  if (auto* const response = std::get_if<http::Response>(&opened)) co_return std::move(*response);
  co_return json_response(201, session_json(*std::get<std::shared_ptr<Session>>(opened)));
}

Task<http::Response> execute_in_session(http::Exchange& exchange, const SessionContext& context) {
  RequestEnd end;
  end.entry.kind = "refused";
  http::Response response = co_await execute(exchange, context, end);
  co_await finish_request(response, end, exchange, context.execute);
  co_return response;
}

// Without keys, an id alone gives access to a session, so ids are not listed.
Task<http::Response> list_sessions(http::Exchange& exchange, const SessionContext& context) {
  const std::string owner = owner_of(exchange);
  std::string json = "{";
  json::append_key(json, "sessions");
  json += "[";
  if (!owner.empty()) {
    for (const auto& session : context.store.of(owner)) {
      if (json.back() != '[') json += ",";
      json += session_json(*session, true);
    }
  }
  co_return json_response(200, json + "]}");
}

Task<http::Response> describe_session(http::Exchange& exchange, const SessionContext& context) {
  auto found = session_of(exchange, context, http::plain_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  co_return json_response(200, session_json(*std::get<std::shared_ptr<Session>>(found)));
}

Task<http::Response> interrupt_session(http::Exchange& exchange, const SessionContext& context) {
  auto found = session_of(exchange, context, http::plain_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  const bool interrupted = std::get<std::shared_ptr<Session>>(found)->interrupt();
  co_return json_response(200,
                          interrupted ? R"({"interrupted":true})" : R"({"interrupted":false})");
}

Task<http::Response> delete_session(http::Exchange& exchange, const SessionContext& context) {
  auto found = session_of(exchange, context, http::plain_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  context.store.remove(*std::get<std::shared_ptr<Session>>(found));
  co_return http::empty_response(http::kNoContent);
}

}  // namespace forkjail::server
