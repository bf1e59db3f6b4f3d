#include "server/api/session_file_handlers.h"

#include <array>
#include <optional>
#include <utility>
#include <variant>

#include "json/text.h"
#include "json/utf8.h"
#include "protocol/file_block.h"
#include "server/api/file_fields.h"
#include "server/api/left_files_json.h"
#include "server/api/media_types.h"
#include "server/api/session_json.h"

namespace forkjail::server {
namespace {

constexpr std::chrono::milliseconds kCallTime{10'000};
constexpr std::size_t kTypedBytes = 4 * kKiB;   // of a content, by which its type is told
constexpr std::size_t kSliceBytes = 96 * kKiB;  // of a listing

// What a call to the files meets, in Python's words (zygote/file_calls.h).
struct FaultRow {
  std::string_view type;
  unsigned status;
  std::string_view kind;
};
constexpr std::array kFaults{
    FaultRow{"FileNotFoundError", 404, "file_unknown"},
    FaultRow{"IsADirectoryError", 409, "file_is_folder"},
};

// What a file call found, or the answer if it could not be done.
using CallResult = std::variant<SessionRun, http::Response>;

http::Response fault(const Failed& failed) {
  for (const FaultRow& row : kFaults) {
    if (row.type == failed.report.type) {
      return error_of_kind(row.status, failed.report.message, row.kind, http::plain_error);
    }
  }
  const bool of_the_file = failed.kind == protocol::FailureKind::exception;
  return error_of_kind(of_the_file ? 409 : 422, failed.error, name_of(failed.kind),
                       http::plain_error);
}

CallResult judge(SessionResult result, const Session& session) {
  if (const auto* refused = std::get_if<Refused>(&result)) {
    return refused_answer(*refused, http::plain_error);
  }
  if (const auto* refusal = std::get_if<SessionRefusal>(&result)) {
    return session_refusal(*refusal, session, http::plain_error);
  }
  auto& run = std::get<SessionRun>(result);
  if (const auto* failed = std::get_if<Failed>(&run.run.outcome)) return fault(*failed);
  if (!std::holds_alternative<Returned>(run.run.outcome)) {
    http::Response response = error_of_kind(
        503, "the session did not answer; send the request again", kRunLost, http::plain_error);
    response.retry_after_s = 1;
    return response;
  }
  return std::move(run);
}

// The path below the session's directory, or what is wrong with it.
std::variant<std::string, http::Response> path_of(const http::Exchange& exchange) {
  std::string path(exchange.request.path_parameter("path"));
  const std::string_view problem = path_problem(path);
  if (problem.empty()) return path;
  return http::error_response(400, "the path " + std::string(problem));
}

std::string state_text(const std::optional<StateId>& state) {
  return state ? name_of_state(*state) : std::string();
}

http::Response file_response(std::string_view path, std::string content) {
  const std::string_view start = std::string_view(content).substr(0, kTypedBytes);
  http::Response response;
  response.content_type =
      media_type_of(path, json::is_utf8_text(json::without_cut_sequence(start)));
  // A script's page must not run in a browser as if it were the service's own.
  response.headers.push_back({"Content-Disposition", "attachment"});
  response.headers.push_back({"Content-Security-Policy", "sandbox"});
  response.body = std::move(content);
  return response;
}

}  // namespace

ExecutionRequest file_call(const Session& session, const SessionContext& context,
                           protocol::RunMode mode, std::string path) {
  ExecutionRequest request;
  request.mode = mode;
  request.args_json = std::move(path);
  request.limits = context.execute.maxima;
  request.limits.wall_time = std::min(request.limits.wall_time, kCallTime);
  request.limits.memory_bytes = session.limits().memory_bytes;
  request.session.rolls_back_errors = true;
  return request;
}

Task<http::Response> list_session_files(http::Exchange& exchange, const SessionContext& context) {
  auto found = session_of(exchange, context, http::plain_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  const auto session = std::get<std::shared_ptr<Session>>(found);
  const ExecutionRequest request = file_call(*session, context, protocol::RunMode::list_files, {});
  auto result = co_await session->run(request, RunKind::look, exchange.interruption, nullptr,
                                      arrival_of(exchange));
  auto called = judge(std::move(result), *session);
  if (auto* const response = std::get_if<http::Response>(&called)) co_return std::move(*response);
  const auto& [run, state] = std::get<SessionRun>(called);
  http::Response response;
  response.body = "{";
  json::append_key(response.body, "state");
  json::append_string(response.body, state_text(state));
  json::append_key(response.body, "truncated");
  response.body += run.report.files.truncated ? "true" : "false";
  json::append_key(response.body, "files");
  LeftFilesJson files(run.report.files.files, response.body);
  while (files.step(kSliceBytes)) {
  }
  response.body += "}";
  co_return response;
}

Task<http::Response> get_session_file(http::Exchange& exchange, const SessionContext& context) {
  auto found = session_of(exchange, context, http::plain_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  auto path = path_of(exchange);
  if (auto* const response = std::get_if<http::Response>(&path)) co_return std::move(*response);
  const auto session = std::get<std::shared_ptr<Session>>(found);
  ExecutionRequest request =
      file_call(*session, context, protocol::RunMode::read_file, std::get<std::string>(path));
  request.limits.output_bytes = context.file_bytes_max;
  auto result = co_await session->run(request, RunKind::look, exchange.interruption, nullptr,
                                      arrival_of(exchange));
  auto called = judge(std::move(result), *session);
  if (auto* const response = std::get_if<http::Response>(&called)) co_return std::move(*response);
  CapturedText& content = std::get<SessionRun>(called).run.report.output.out;
  if (content.truncated) {
    co_return http::error_response(
        413, "the file is larger than " + std::to_string(context.file_bytes_max) +
                 " bytes, which is the most that one call reads; cut it into parts with a script");
  }
  co_return file_response(request.args_json, std::move(content.bytes));
}

Task<http::Response> put_session_file(http::Exchange& exchange, const SessionContext& context) {
  auto found = session_of(exchange, context, http::plain_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  auto path = path_of(exchange);
  if (auto* const response = std::get_if<http::Response>(&path)) co_return std::move(*response);
  const auto session = std::get<std::shared_ptr<Session>>(found);
  ExecutionRequest request = file_call(*session, context, protocol::RunMode::repl, {});
  request.script = kSetUpScript;
  const std::size_t bytes = exchange.request.body.size();
  protocol::FileBlockWriter block;
  block.begin();
  block.append(exchange.request.body);
  std::string().swap(exchange.request.body);
  block.end(std::get<std::string>(path), protocol::FileEncoding::utf8);
  request.file_block = block.take();
  auto result = co_await session->run(request, RunKind::edit, exchange.interruption, nullptr,
                                      arrival_of(exchange));
  auto called = judge(std::move(result), *session);
  if (auto* const response = std::get_if<http::Response>(&called)) co_return std::move(*response);
  http::Response response;
  response.body = "{";
  json::append_key(response.body, "path");
  json::append_string(response.body, std::get<std::string>(path));
  json::append_key(response.body, "size");
  response.body += std::to_string(bytes);
  json::append_key(response.body, "state");
  json::append_string(response.body, state_text(std::get<SessionRun>(called).state));
  response.body += "}";
  co_return response;
}

Task<http::Response> delete_session_file(http::Exchange& exchange, const SessionContext& context) {
  auto found = session_of(exchange, context, http::plain_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  auto path = path_of(exchange);
  if (auto* const response = std::get_if<http::Response>(&path)) co_return std::move(*response);
  const auto session = std::get<std::shared_ptr<Session>>(found);
  const ExecutionRequest request =
      file_call(*session, context, protocol::RunMode::remove_file, std::get<std::string>(path));
  auto result = co_await session->run(request, RunKind::edit, exchange.interruption, nullptr,
                                      arrival_of(exchange));
  auto called = judge(std::move(result), *session);
  if (auto* const response = std::get_if<http::Response>(&called)) co_return std::move(*response);
  co_return http::empty_response(http::kNoContent);
}

}  // namespace forkjail::server
