#include "server/compat/e2b_filesystem.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "json/text.h"
#include "server/adapters/json_document.h"
#include "server/adapters/member_reader.h"
#include "server/api/file_fields.h"
#include "server/api/session_file_handlers.h"
#include "server/compat/e2b_files.h"
#include "server/compat/e2b_folder_scripts.h"
#include "server/compat/e2b_paths.h"

namespace forkjail::server {
namespace {

constexpr std::chrono::milliseconds kCallTime{10'000};

http::Response json_response(std::string body) {
  http::Response response;
  response.body = std::move(body);
  return response;
}

// A unary call's error in Connect's form.
http::Response call_error(unsigned status, std::string_view code, std::string_view message) {
  http::Response response;
  response.status = status;
  response.body = "{";
  json::append_key(response.body, "code");
  json::append_string(response.body, code);
  json::append_key(response.body, "message");
  json::append_string(response.body, message);
  response.body += "}";
  return response;
}

// Of a call that is answered by a stream: its only message is the end, with the error in it.
http::Response stream_error(std::string_view code, std::string_view message) {
  std::string end = "{\"error\":" + call_error(200, code, message).body + "}";
  http::Response response;
  response.content_type = "application/connect+json";
  response.body.push_back('\x02');  // the end of the stream
  for (int shift = 24; shift >= 0; shift -= 8) {
    response.body.push_back(static_cast<char>(end.size() >> static_cast<unsigned>(shift) & 0xFFU));
  }
  response.body += end;
  return response;
}

// An answer of the session's own endpoints that is an error.
http::Response as_call_error(http::Response response) {
  std::string_view code = "internal";
  if (response.status == 404) code = "not_found";
  if (response.status == 502 || response.status == 503) code = "unavailable";
  if (response.status == 429) code = "resource_exhausted";
  response = in_e2b_form(std::move(response));
  const Document document = parse_document(response.body);
  std::string_view message = "it failed";
  if (const auto* const value = std::get_if<boost::json::value>(&document)) {
    message = MemberReader(*value).text("message").value_or(message);
  }
  return call_error(response.status, code, message);
}

struct FaultRow {
  std::string_view type;  // Python's name of the error
  unsigned status;
  std::string_view code;
  std::string_view message = {};  // empty: the failure's own
};
constexpr std::array kFaults{
    FaultRow{"FileNotFoundError", 404, "not_found"},
    FaultRow{"FileExistsError", 409, "already_exists"},
    FaultRow{"NotADirectoryError", 400, "invalid_argument"},
    FaultRow{"OverflowError", 400, "out_of_range",
             "the folder holds too much for one list; list its folders one by one"},
};

// `path`: what the call is for, unless the failure names it.
http::Response fault(const Failed& failed, std::string_view path) {
  const auto row = std::ranges::find(kFaults, failed.report.type, &FaultRow::type);
  if (row == kFaults.end()) return call_error(500, "internal", failed.error);
  std::string message(row->message.empty() ? std::string_view(failed.report.message)
                                           : row->message);
  if (!path.empty()) message += ": " + e2b_full_path(path);
  return call_error(row->status, row->code, message);
}

// The answer to a call that could not be done; empty: it could.
std::optional<http::Response> not_done(const SessionResult& result, std::string_view path) {
  if (const auto* refused = std::get_if<Refused>(&result)) {
    return call_error(status_of(refused->reason), "unavailable", refused->why);
  }
  const auto* const ran = std::get_if<SessionRun>(&result);
  if (ran == nullptr) return call_error(503, "unavailable", "the sandbox is busy; try again");
  if (const auto* failed = std::get_if<Failed>(&ran->run.outcome)) return fault(*failed, path);
  if (std::holds_alternative<Returned>(ran->run.outcome)) return std::nullopt;
  return call_error(503, "unavailable", "the sandbox did not answer; try again");
}

// What a call is given.
struct FileCall {
  std::string path;         // from the working directory
  std::string destination;  // of Move
  std::uint64_t depth = 1;  // of ListDir
};

// What is in the folder of the call, so many levels down; of depth 0 the path itself.
Task<std::variant<std::vector<E2bEntry>, http::Response>> find_entries(
    http::Exchange& exchange, const E2bDoor& door, const std::shared_ptr<Session>& session,
    const FileCall& call, std::uint64_t depth) {
  const ExecutionRequest request =
      file_call(*session, door.in_sessions, protocol::RunMode::list_folder,
                std::to_string(depth) + " " + call.path);
  SessionResult result = co_await session->run(request, RunKind::look, exchange.interruption,
                                               nullptr, arrival_of(exchange));
  if (auto refusal = not_done(result, call.path)) co_return *std::move(refusal);
  exchange.request.body = std::move(std::get<SessionRun>(result).run.report.value_json);
  const auto document = co_await read_document(exchange, door.execute());
  if (!document) co_return call_error(503, "unavailable", "interrupted");
  const auto* const found = std::get_if<boost::json::value>(&*document);
  auto entries = found == nullptr ? std::nullopt : e2b_entries(*found);
  if (!entries) co_return call_error(500, "internal", "the files could not be listed");
  co_return *std::move(entries);
}

Task<http::Response> list_folder(http::Exchange& exchange, const E2bDoor& door,
                                 const std::shared_ptr<Session>& session, const FileCall& call) {
  auto found = co_await find_entries(exchange, door, session, call, call.depth);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  std::string json = R"({"entries":[)";
  for (const E2bEntry& each : std::get<std::vector<E2bEntry>>(found)) {
    if (json.back() != '[') json += ",";
    json += e2b_entry_json(each);
  }
  co_return json_response(json + "]}");
}

Task<http::Response> tell_entry(http::Exchange& exchange, const E2bDoor& door,
                                const std::shared_ptr<Session>& session, const FileCall& call) {
  if (call.path.empty()) {
    co_return json_response("{\"entry\":" + e2b_entry_json({{}, true, 0}) + "}");
  }
  auto found = co_await find_entries(exchange, door, session, call, 0);
  if (auto* const response = std::get_if<http::Response>(&found)) co_return std::move(*response);
  const auto& entries = std::get<std::vector<E2bEntry>>(found);
  if (entries.size() != 1) co_return call_error(500, "internal", "the file could not be found");
  co_return json_response("{\"entry\":" + e2b_entry_json(entries.front()) + "}");
}

// Runs a line of e2b_folder_scripts.h, which changes files; `answer` if it went well.
Task<http::Response> run_line(http::Exchange& exchange, const E2bDoor& door, Session& session,
                              std::string script, std::string answer) {
  ExecutionRequest request;
  request.script = std::move(script);
  request.mode = protocol::RunMode::repl;
  request.limits = maxima_of(exchange, door.execute());
  request.limits.wall_time = std::min(request.limits.wall_time, kCallTime);
  request.limits.memory_bytes = session.limits().memory_bytes;
  request.session.rolls_back_errors = true;
  const SessionResult result = co_await session.run(request, RunKind::edit, exchange.interruption,
                                                    nullptr, arrival_of(exchange));
  if (auto refusal = not_done(result, {})) co_return *std::move(refusal);
  co_return json_response(std::move(answer));
}

// The arguments have names: GCC 12 frees a temporary of a braced list twice where a call is
// awaited.
Task<http::Response> remove_path(http::Exchange& exchange, const E2bDoor& door,
                                 const std::shared_ptr<Session>& session, const FileCall& call) {
  std::string script = e2b_remove_script(call.path);
  std::string answer = "{}";
  co_return co_await run_line(exchange, door, *session, std::move(script), std::move(answer));
}

Task<http::Response> make_folder(http::Exchange& exchange, const E2bDoor& door,
                                 const std::shared_ptr<Session>& session, const FileCall& call) {
  const E2bEntry made{call.path, true, 0};
  std::string script = e2b_make_folder_script(call.path);
  std::string answer = "{\"entry\":" + e2b_entry_json(made) + "}";
  co_return co_await run_line(exchange, door, *session, std::move(script), std::move(answer));
}

Task<http::Response> move_path(http::Exchange& exchange, const E2bDoor& door,
                               const std::shared_ptr<Session>& session, const FileCall& call) {
  const E2bEntry moved{call.destination, false, 0};
  std::string script = e2b_move_script(call.path, call.destination);
  std::string answer = "{\"entry\":" + e2b_entry_json(moved) + "}";
  co_return co_await run_line(exchange, door, *session, std::move(script), std::move(answer));
}

using DoCall = Task<http::Response> (*)(http::Exchange&, const E2bDoor&,
                                        const std::shared_ptr<Session>&, const FileCall&);
struct CallRow {
  std::string_view name;
  DoCall call;  // null: not supported
  bool changes = false;
  bool is_streamed = false;
};
constexpr std::array kCalls{
    CallRow{"ListDir", list_folder},      CallRow{"Stat", tell_entry},
    CallRow{"Remove", remove_path, true}, CallRow{"MakeDir", make_folder, true},
    CallRow{"Move", move_path, true},     CallRow{"WatchDir", nullptr, false, true},
};

// A path of a call; empty: the working directory itself, where that can be meant.
std::variant<std::string, http::Response> read_path(std::string_view text, bool may_be_empty) {
  auto path = e2b_path(text);
  if (!path) return call_error(400, "invalid_argument", kE2bElsewhere);
  if (path->empty() && may_be_empty) return *std::move(path);
  const std::string_view problem = path_problem(*path);
  if (problem.empty()) return *std::move(path);
  return call_error(400, "invalid_argument", "the path " + std::string(problem));
}

std::variant<FileCall, http::Response> read_call(const Document& document, bool changes) {
  if (const auto* error = std::get_if<RequestError>(&document)) {
    return call_error(error->status, "invalid_argument", error->message);
  }
  MemberReader members(std::get<boost::json::value>(document));
  const auto source = members.text("source");  // of Move
  const std::string_view text = source ? *source : members.text("path").value_or(".");
  const auto destination = members.text("destination");
  FileCall call;
  call.depth = static_cast<std::uint64_t>(
      std::clamp<std::int64_t>(members.integer("depth").value_or(1), 1, kFilePathBytesMax));
  if (members.problem()) return call_error(400, "invalid_argument", members.problem()->message);
  auto path = read_path(text, !changes);
  if (auto* const response = std::get_if<http::Response>(&path)) return std::move(*response);
  call.path = std::get<std::string>(std::move(path));
  if (!destination) return call;
  auto there = read_path(*destination, false);
  if (auto* const response = std::get_if<http::Response>(&there)) return std::move(*response);
  call.destination = std::get<std::string>(std::move(there));
  return call;
}

}  // namespace

Task<http::Response> call_e2b_filesystem(http::Exchange& exchange, const E2bDoor& door) {
  const std::string name(exchange.request.path_parameter("call"));
  const auto row = std::ranges::find(kCalls, name, &CallRow::name);
  if (row == kCalls.end() || row->call == nullptr) {
    const std::string message = "filesystem." + name + " is not supported here; docs/compat.md";
    const bool is_streamed = row != kCalls.end() && row->is_streamed;
    co_return is_streamed ? stream_error("unimplemented", message)
                          : call_error(501, "unimplemented", message);
  }
  auto live = co_await e2b_session_with_files(exchange, door);
  if (auto* const response = std::get_if<http::Response>(&live)) {
    co_return as_call_error(std::move(*response));
  }
  const auto session = std::get<std::shared_ptr<Session>>(std::move(live));
  const auto document = co_await read_document(exchange, door.execute());
  if (!document) co_return call_error(503, "unavailable", "interrupted");
  auto call = read_call(*document, row->changes);
  if (auto* const response = std::get_if<http::Response>(&call)) co_return std::move(*response);
  co_return co_await row->call(exchange, door, session, std::get<FileCall>(call));
}

Task<http::Response> refuse_e2b_process(http::Exchange& exchange, const E2bDoor& /*door*/) {
  constexpr std::array<std::string_view, 2> kStreamed{"Start", "Connect"};
  const std::string_view name = exchange.request.path_parameter("call");
  constexpr std::string_view kWhy =
      "there are no commands here: a sandbox runs Python, and no process can be started in it";
  const bool is_streamed = std::ranges::find(kStreamed, name) != kStreamed.end();
  co_return is_streamed ? stream_error("unimplemented", kWhy)
                        : call_error(501, "unimplemented", kWhy);
}

}  // namespace forkjail::server
