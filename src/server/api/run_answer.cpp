#include "server/api/run_answer.h"

#include <algorithm>
#include <utility>

#include "http/error_kind.h"
#include "http/gate.h"
#include "server/api/execution_response.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kTruncatedHeader = "Forkjail-Truncated";

http::Response service_error(unsigned status, std::string_view kind, std::string_view message,
                             std::uint32_t retry_after_s) {
  http::Response response = http::error_response(status, message, execution_error);
  if (!kind.empty()) http::set_kind(response, kind);
  response.retry_after_s = retry_after_s;
  return response;
}

http::AfterAnswer after_answer(const ExecuteContext& context, RequestEnd end) {
  auto shared = std::make_shared<RequestEnd>(std::move(end));
  return http::AfterAnswer([&context, shared = std::move(shared)] {
    context.admission.finish_later([&context, shared] {
      context.log.write(shared->entry);
      if (context.audit != nullptr) context.audit->write(shared->entry);
      shared->held->give_back();
    });
  });
}

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

// Files that are not named, or named without their content.
bool files_are_truncated(const RunFiles& files) {
  return files.truncated ||
         std::ranges::any_of(files.files, [](const auto& file) { return !file.content; });
}

// On the account of the key, where there are keys.
void note_usage(const http::Exchange& exchange, const RequestEnd& end,
                const http::Response& response) {
  KeyHolder* const holder = key_holder_of(exchange);
  if (holder == nullptr) return;
  using Seconds = std::chrono::duration<double>;
  const RunUsage& usage = end.entry.usage;
  const bool ran = end.held != nullptr;
  KeyCounts counts;
  const bool is_ok = end.entry.kind == "ok";
  counts.runs_ok = ran && is_ok ? 1 : 0;
  counts.runs_failed = ran && !is_ok ? 1 : 0;
  counts.refused = ran ? 0 : 1;
  counts.cpu_seconds = Seconds(usage.cpu_time).count();
  // By what a run may have: what it had is known later, and only where it is asked for at once.
  counts.memory_mb_seconds = static_cast<double>(holder->row.maxima.memory_bytes) /
                             static_cast<double>(kMiB) * Seconds(usage.wall_time).count();
  counts.answer_bytes = response.body.size();
  holder->account.note(counts, std::chrono::system_clock::now());
}

// Up to 10 MB that the run does not need; assigning an empty string would keep the memory.
void release(std::string& body) { std::string().swap(body); }

}  // namespace

void note_script(std::string_view script, const ExecuteContext& context, RunLogEntry& entry) {
  entry.script_bytes = script.size();
  if (context.audit != nullptr) entry.script_sha256 = AuditLog::hash_of(script);
}

void note_outcome(const Finished& run, RunLogEntry& entry) {
  entry.usage = run.report.usage;
  if (std::holds_alternative<Returned>(run.outcome)) {
    entry.kind = "ok";
  } else if (const auto* failure = std::get_if<Failed>(&run.outcome)) {
    entry.kind = name_of(failure->kind);
  } else {
    entry.kind = std::holds_alternative<Lost>(run.outcome) ? "lost" : "interrupted";
  }
}

http::Response answer_of(const ExecutionRequest& request, const Finished& run,
                         const ExecuteContext& context, RunLogEntry& entry) {
  const RunReport& report = run.report;
  const AnswerExtras extras{.parts = request.include,
                            .usage = report.usage,
                            .isolation_json = context.isolation_json,
                            .syscalls = run.refused_syscalls,
                            .displays = &report.displays,
                            .displays_if_any = request.mode == protocol::RunMode::repl,
                            .files_truncated = files_are_truncated(report.files)};
  note_outcome(run, entry);
  http::Response response;
  if (std::holds_alternative<Returned>(run.outcome)) {
    response.body = success_body(report.value_json, report.output, extras);
  } else if (const auto* failure = std::get_if<Failed>(&run.outcome)) {
    response.status = 422;
    http::set_kind(response, name_of(failure->kind));
    response.body = failure_body(*failure, report.output, extras);
  } else if (const auto* lost = std::get_if<Lost>(&run.outcome)) {
    return lost->try_again
               ? service_error(503, kRunLost, "the service lost this run: " + lost->why, 1)
               : service_error(500, kRunLost, "the service lost this run: " + lost->why, 0);
  } else {
    return service_error(503, kRunLost, "the service is shutting down; send the request again", 1);
  }
  if (auto parts = truncated_parts(report.output, extras.files_truncated); !parts.empty()) {
    response.headers.push_back({kTruncatedHeader, std::move(parts)});
  }
  return response;
}

Task<void> add_files(http::Response& response, const ExecutionRequest& request, const Finished& run,
                     const ExecuteContext& context, Interruption& interruption) {
  const bool ended_by_itself = response.status == 200 || response.status == 422;
  if (!ended_by_itself || !request.include.has(AnswerPart::files)) co_return;
  co_await context.answer_turns.add_files(response.body, run.report.files, interruption);
}

http::Response refused_answer(const Refused& refused, http::ErrorRenderer render) {
  http::Response response = http::error_response(status_of(refused.reason), refused.why, render);
  http::set_kind(response, name_of(refused.reason));
  response.retry_after_s = refused.retry_after_s;
  return response;
}

http::Response answer_of(const Refused& refused, RunLogEntry& entry) {
  entry.reason = name_of(refused.reason);
  return refused_answer(refused, execution_error);
}

http::Response answer_of(const RequestError& error, RunLogEntry& entry) {
  entry.reason = kFaultyRequest;
  return service_error(error.status, {}, error.message, 0);
}

Task<std::variant<ExecutionRequest, http::Response>> read_request(http::Exchange& exchange,
                                                                  const ExecuteContext& context,
                                                                  const RequestTerms& terms,
                                                                  RunLogEntry& entry) {
  if (const auto refused = context.runner.refuses_all(party_of(exchange))) {
    release(exchange.request.body);
    co_return answer_of(*refused, entry);
  }
  std::optional<Decoded> decoded = co_await decode_body(exchange, context, terms);
  if (!decoded) co_return answer_of(context.runner.count(given_up()), entry);
  if (const auto* error = std::get_if<RequestError>(&*decoded)) co_return answer_of(*error, entry);
  auto request = std::get<ExecutionRequest>(*std::move(decoded));
  note_script(request.script, context, entry);
  co_return request;
}

Task<std::optional<Decoded>> decode_body(http::Exchange& exchange, const ExecuteContext& context,
                                         const RequestTerms& terms) {
  std::string& body = exchange.request.body;
  std::optional<Decoded> decoded;
  if (DecodeTurns::is_small(body)) {
    decoded = context.decode_turns.decode_small(body, terms);
  } else {
    decoded = co_await context.decode_turns.decode(body, terms, exchange.interruption);
  }
  release(body);
  co_return decoded;
}

Task<void> finish_request(http::Response& response, RequestEnd& end, http::Exchange& exchange,
                          const ExecuteContext& context) {
  end.entry.status = response.status;
  end.entry.total_time = since(exchange.received_at);
  end.entry.trace = exchange.request.trace;
  end.entry.request_id = exchange.request.request_id;
  if (exchange.caller != nullptr) end.entry.caller = exchange.caller->name();
  note_usage(exchange, end, response);
  if (context.audit != nullptr) {
    end.entry.address = context.audit->address_of(exchange);
    end.entry.answer_bytes = response.body.size();
  }
  if (end.held == nullptr) {
    context.refusal_log.add(end.entry);
    if (context.audit != nullptr) context.audit->write(end.entry);
    co_await context.refusal_pace.await_turn(exchange.interruption);
    co_return;
  }
  response.after_answer = after_answer(context, std::move(end));
}

}  // namespace forkjail::server
