#include "server/compat/e2b_files.h"

#include <utility>

#include "json/text.h"
#include "server/api/file_fields.h"
#include "server/api/session_file_handlers.h"
#include "server/compat/e2b_form.h"
#include "server/compat/e2b_paths.h"
#include "server/compat/e2b_query.h"
#include "server/compat/e2b_runs.h"

namespace forkjail::server {
namespace {

// A file's path from the working directory; or what is wrong with it.
std::variant<std::string, http::Response> file_path(std::string_view text) {
  auto path = e2b_path(text);
  if (!path) return http::error_response(400, kE2bElsewhere, e2b_error);
  const std::string_view problem = path_problem(*path);
  if (problem.empty()) return *std::move(path);
  return http::error_response(400, "the path " + std::string(problem), e2b_error);
}

std::string written_json(std::string_view path) {
  std::string json = "{";
  json::append_key(json, "name");
  json::append_string(json, path.substr(path.rfind('/') + 1));
  json::append_key(json, "type");
  json::append_string(json, "file");
  json::append_key(json, "path");
  json::append_string(json, e2b_full_path(path));
  return json + "}";
}

http::Response json_response(std::string body) {
  http::Response response;
  response.body = std::move(body);
  return response;
}

}  // namespace

// The default context's session, which the calls to a session's files then find.
Task<SessionOrAnswer> e2b_session_with_files(http::Exchange& exchange, const E2bDoor& door) {
  auto found = e2b_opened(exchange.request.headers, door, e2b_error);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  const auto sandbox = std::get<std::shared_ptr<E2bSandbox>>(std::move(found));
  const auto context = sandbox->contexts.front();
  auto live = co_await live_e2b_session(exchange, door, *sandbox, *context);
  co_return live;
}

void name_e2b_file(http::Exchange& exchange, const Session& session, std::string path) {
  exchange.request.path_parameters = {{"id", session.id()}, {"path", std::move(path)}};
}

Task<http::Response> read_e2b_file(http::Exchange& exchange, const E2bDoor& door) {
  auto live = co_await e2b_session_with_files(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&live)) co_return std::move(*response);
  auto path = file_path(query_member(exchange.request.query, "path"));
  if (auto* const response = std::get_if<http::Response>(&path)) co_return std::move(*response);
  const auto session = std::get<std::shared_ptr<Session>>(std::move(live));
  name_e2b_file(exchange, *session, std::get<std::string>(std::move(path)));
  co_return in_e2b_form(co_await get_session_file(exchange, door.in_sessions));
}

// One file after the other: each is put as a session's own endpoint puts it.
Task<http::Response> write_e2b_files(http::Exchange& exchange, const E2bDoor& door) {
  auto live = co_await e2b_session_with_files(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&live)) co_return std::move(*response);
  const auto session = std::get<std::shared_ptr<Session>>(std::move(live));
  const std::string body = std::exchange(exchange.request.body, {});
  const auto read = read_form(body);
  if (const auto* error = std::get_if<RequestError>(&read)) {
    co_return http::error_response(error->status, error->message, e2b_error);
  }
  const auto& parts = std::get<std::vector<FormPart>>(read);
  const std::string named = query_member(exchange.request.query, "path");
  std::string json = "[";
  for (const FormPart& part : parts) {
    auto path = file_path(parts.size() == 1 && !named.empty() ? named : part.file_name);
    if (auto* const response = std::get_if<http::Response>(&path)) co_return std::move(*response);
    name_e2b_file(exchange, *session, std::get<std::string>(path));
    exchange.request.body = part.content;
    http::Response put = co_await put_session_file(exchange, door.in_sessions);
    if (put.status >= 400) co_return in_e2b_form(std::move(put));
    if (json.size() > 1) json += ",";
    json += written_json(std::get<std::string>(path));
  }
  co_return json_response(json + "]");
}

}  // namespace forkjail::server
