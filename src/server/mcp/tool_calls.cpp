#include "server/mcp/tool_calls.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "json/text.h"
#include "json/utf8.h"
#include "server/adapters/request_builder.h"
#include "server/api/media_types.h"
#include "server/api/session_file_handlers.h"
#include "server/api/session_json.h"
#include "server/mcp/display_bundle.h"
#include "server/mcp/model_words.h"
#include "server/mcp/run_content.h"
#include "server/mcp/session_uri.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::string_view kFigureBytesMax = "100000";
constexpr std::size_t kReadBytesMax = 4 * kMiB;  // of a file, in one answer
constexpr std::size_t kBlobBytesMax = kMiB;      // of one that is neither text nor picture

// What is told of a new session: the name, and the one that the endpoints have for it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kNewSession{
    {{"session_id", "session"}, {"state", "state"}, {"expires_at", "expires_at"}}};

using SessionOrProblem = std::variant<std::shared_ptr<Session>, Problem>;

Problem problem_of(const Refused& refused) {
  std::string text = refused.why;
  if (refused.retry_after_s > 0) {
    text += "; call again in " + std::to_string(refused.retry_after_s) + " s";
  }
  return {text};
}

ToolResult result_of(const Problem& problem) { return error_result(problem.text); }

SessionOrProblem session_named(const ToolCall& call, std::string_view id) {
  auto found = session_of(call.exchange, *call.context.sessions, id, http::plain_error);
  if (const auto* const answer = std::get_if<http::Response>(&found)) {
    return Problem{words_of(*answer)};
  }
  return std::get<std::shared_ptr<Session>>(std::move(found));
}

void add_files(RequestBuilder& builder, const ToolArguments& arguments) {
  for (const auto& [path, content, encoding] : arguments.files()) {
    builder.file(path, content, encoding);
  }
}

Decoded run_request(const ToolCall& call) {
  RequestBuilder builder(maxima_of(call.exchange, call.context.execute));
  builder.script(call.arguments.text("code"), "code");
  builder.mode(protocol::RunMode::repl);
  builder.env("FORKJAIL_FIGURE_BYTES_MAX", kFigureBytesMax);  // runtime/display.py
  builder.advise_without_fields();
  if (const auto seconds = call.arguments.number("timeout_s")) builder.limit_wall_time(*seconds);
  add_files(builder, call.arguments);
  builder.include(AnswerPart::files);
  builder.include(AnswerPart::display);
  if (call.events != nullptr) builder.as_events();
  return builder.finish();
}

Task<ToolResult> run_in_session(const ToolCall& call, ExecutionRequest& request) {
  auto found = session_named(call, call.arguments.text("session_id"));
  if (const auto* problem = std::get_if<Problem>(&found)) co_return result_of(*problem);
  const auto session = std::get<std::shared_ptr<Session>>(std::move(found));
  request.limits.memory_bytes = session->limits().memory_bytes;
  request.session.from = call.arguments.text("from_state");
  SessionResult ran = co_await call.adapter.run_in(*session, request, RunKind::script, call.events);
  if (const auto* refused = std::get_if<Refused>(&ran)) co_return result_of(problem_of(*refused));
  if (const auto* refusal = std::get_if<SessionRefusal>(&ran)) {
    co_return error_result(words_of(session_refusal(*refusal, *session, http::plain_error)));
  }
  const auto& [run, state] = std::get<SessionRun>(ran);
  const RunPlace place{.session = session->id(),
                       .state = state ? name_of_state(*state) : std::string(),
                       .goes_back = session->has_checkpoints()};
  co_return run_result(run, place, request.limits);
}

Task<ToolResult> run_python(const ToolCall& call) {
  Decoded decoded = run_request(call);
  if (const auto* error = std::get_if<RequestError>(&decoded)) {
    co_return error_result(error->message);
  }
  auto& request = std::get<ExecutionRequest>(decoded);
  if (!call.arguments.text("session_id").empty()) {
    ToolResult result = co_await run_in_session(call, request);
    co_return result;
  }
  if (!call.arguments.text("from_state").empty()) {
    co_return error_result("from_state: names a state of a session, so session_id is needed too");
  }
  RunResult ran = co_await call.adapter.run(request, call.events);
  if (const auto* refused = std::get_if<Refused>(&ran)) co_return result_of(problem_of(*refused));
  co_return run_result(std::get<Finished>(ran), {}, request.limits);
}

Task<ToolResult> create_session(const ToolCall& call) {
  RequestBuilder builder(maxima_of(call.exchange, call.context.execute));
  add_files(builder, call.arguments);
  Decoded decoded = builder.finish();
  if (const auto* error = std::get_if<RequestError>(&decoded)) {
    co_return error_result(error->message);
  }
  auto& request = std::get<ExecutionRequest>(decoded);
  request.session.limits = call.context.sessions->store.config().limits;
  SessionOrAnswer opened =
      co_await open_session(call.exchange, *call.context.sessions, request, http::plain_error);
  if (const auto* answer = std::get_if<http::Response>(&opened)) {
    co_return error_result(words_of(*answer));
  }
  const std::string json = session_json(*std::get<std::shared_ptr<Session>>(opened), true);
  std::string text = "{";
  for (const auto& [name, member] : kNewSession) {
    json::append_key(text, name);
    text += member_of(json, member).value_or("null");
  }
  co_return text_result(text + "}");
}

ToolResult list_states(const ToolCall& call) {
  auto found = session_named(call, call.arguments.text("session_id"));
  if (const auto* problem = std::get_if<Problem>(&found)) return result_of(*problem);
  const std::string json = session_json(*std::get<std::shared_ptr<Session>>(found));
  return text_result(R"({"session_id":)" + std::string(member_of(json, "session").value_or("")) +
                     "," + json.substr(1));
}

ToolResult end_session(const ToolCall& call) {
  auto found = session_named(call, call.arguments.text("session_id"));
  if (const auto* problem = std::get_if<Problem>(&found)) return result_of(*problem);
  call.context.sessions->store.remove(*std::get<std::shared_ptr<Session>>(found));
  return text_result("The session has ended.");
}

// What a call to a session's files came to: the run that did it, or what to tell.
std::variant<SessionRun, Problem> judge_file_call(SessionResult ran, const Session& session) {
  if (const auto* refused = std::get_if<Refused>(&ran)) return problem_of(*refused);
  if (const auto* refusal = std::get_if<SessionRefusal>(&ran)) {
    return Problem{words_of(session_refusal(*refusal, session, http::plain_error))};
  }
  auto& done = std::get<SessionRun>(ran);
  if (const auto* failed = std::get_if<Failed>(&done.run.outcome)) {
    return Problem{failed->error};
  }
  if (!std::holds_alternative<Returned>(done.run.outcome)) {
    return Problem{"the session did not answer; call again"};
  }
  return std::move(done);
}

Task<ToolResult> write_file(const ToolCall& call) {
  auto found = session_named(call, call.arguments.text("session_id"));
  if (const auto* problem = std::get_if<Problem>(&found)) co_return result_of(*problem);
  const auto session = std::get<std::shared_ptr<Session>>(std::move(found));
  const std::string path(call.arguments.text("path"));
  RequestBuilder builder(maxima_of(call.exchange, call.context.execute));
  builder.script(kSetUpScript);
  builder.mode(protocol::RunMode::repl);
  builder.file(path, call.arguments.text("content"), call.arguments.encoding());
  Decoded decoded = builder.finish();
  if (const auto* error = std::get_if<RequestError>(&decoded)) {
    co_return error_result(error->message);
  }
  auto& request = std::get<ExecutionRequest>(decoded);
  request.limits.memory_bytes = session->limits().memory_bytes;
  request.session.rolls_back_errors = true;
  SessionResult ran = co_await call.adapter.run_in(*session, request, RunKind::edit, nullptr);
  auto judged = judge_file_call(std::move(ran), *session);
  if (const auto* problem = std::get_if<Problem>(&judged)) co_return result_of(*problem);
  ToolResult result = text_result("Wrote " + path + ".");
  const auto& state = std::get<SessionRun>(judged).state;
  if (state) result.add_text("Session state: " + name_of_state(*state));
  co_return result;
}

Task<ToolResult> read_file(const ToolCall& call) {
  const std::string_view session = call.arguments.text("session_id");
  const std::string path(call.arguments.text("path"));
  auto read = co_await read_session_file(call, session, path);
  if (const auto* problem = std::get_if<Problem>(&read)) co_return result_of(*problem);
  const std::string& content = std::get<std::string>(read);
  const bool is_text = json::is_utf8_text(content);
  const std::string_view media_type = media_type_of(path, is_text);
  ToolResult result;
  if (is_text) {
    result.add_text(content.empty() ? "(the file is empty)" : content);
  } else if (media_type.starts_with("image/")) {
    result.add_image_bytes(content, media_type);
  } else if (content.size() <= kBlobBytesMax) {
    result.add_file(uri_of(session, path), media_type, content);
  } else {
    co_return error_result(
        "the file has " + std::to_string(content.size()) +
        " bytes and holds something other than text; look at it with run_python");
  }
  co_return result;
}

}  // namespace

Task<std::variant<std::string, Problem>> read_session_file(const ToolCall& call,
                                                           std::string_view session,
                                                           std::string path) {
  using Content = std::variant<std::string, Problem>;
  auto found = session_named(call, session);
  if (auto* const problem = std::get_if<Problem>(&found)) co_return Content(std::move(*problem));
  if (const std::string_view problem = path_problem(path); !problem.empty()) {
    co_return Content(Problem{"path: " + std::string(problem)});
  }
  const auto held = std::get<std::shared_ptr<Session>>(std::move(found));
  ExecutionRequest request =
      file_call(*held, *call.context.sessions, protocol::RunMode::read_file, std::move(path));
  request.limits.output_bytes = std::min(kReadBytesMax, call.context.sessions->file_bytes_max);
  SessionResult ran = co_await call.adapter.run_in(*held, request, RunKind::look, nullptr);
  auto judged = judge_file_call(std::move(ran), *held);
  if (auto* const problem = std::get_if<Problem>(&judged)) co_return Content(std::move(*problem));
  CapturedText& content = std::get<SessionRun>(judged).run.report.output.out;
  if (content.truncated) {
    co_return Content(Problem{"the file is larger than " +
                              std::to_string(request.limits.output_bytes) +
                              " bytes; look at parts of it with run_python"});
  }
  co_return Content(std::move(content.bytes));
}

Task<ToolResult> call_tool(Tool tool, const ToolCall& call) {
  switch (tool) {
    case Tool::run_python:
      return run_python(call);
    case Tool::create_session:
      return create_session(call);
    case Tool::read_file:
      return read_file(call);
    case Tool::write_file:
      return write_file(call);
    case Tool::list_states:
    case Tool::end_session:
      break;
  }
  return [](Tool which, const ToolCall& of) -> Task<ToolResult> {
    co_return which == Tool::list_states ? list_states(of) : end_session(of);
  }(tool, call);
}

}  // namespace forkjail::server::mcp
