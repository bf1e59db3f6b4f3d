#include "server/api/execute_handler.h"

#include <spdlog/spdlog.h>

#include "server/api/execution_response.h"
#include "server/api/request_decoder.h"
#include "server/observe/syscall_names.h"

namespace forkjail::server {
namespace {

constexpr int kHandOversMax = 2;  // a parked cell may have died a moment ago; not twice in a row

http::Response service_error(unsigned status, std::string_view message,
                             std::uint32_t retry_after_s) {
  http::Response response = http::error_response(status, message, http::ErrorShape::with_stdout);
  response.retry_after_s = retry_after_s;
  return response;
}

// What is left of a request when its client has the answer: its line in the log, then the end of
// what it used.
class Remains {
 public:
  Remains(const RunLog& log, RunLogEntry entry, std::shared_ptr<void> used)
      : log_(log), entry_(std::move(entry)), used_(std::move(used)) {}
  Remains(const Remains&) = delete;
  Remains& operator=(const Remains&) = delete;
  ~Remains() { log_.write(entry_); }

 private:
  const RunLog& log_;
  const RunLogEntry entry_;
  const std::shared_ptr<void> used_;
};

// Puts them aside when the answer was sent.
class PutAsideWhenSent {
 public:
  PutAsideWhenSent(Admission& admission, std::shared_ptr<Remains> remains)
      : admission_(admission), remains_(std::move(remains)) {}
  PutAsideWhenSent(const PutAsideWhenSent&) = delete;
  PutAsideWhenSent& operator=(const PutAsideWhenSent&) = delete;
  ~PutAsideWhenSent() { admission_.put_aside(std::move(remains_)); }

 private:
  Admission& admission_;
  std::shared_ptr<Remains> remains_;
};

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

// The answer to a run that is over; the run is counted, and the log's line gets what it says of it.
http::Response answer(const ExecutionRequest& request, const RunReport& report,
                      const ExecuteContext& context, RunLogEntry& entry) {
  const std::string syscalls = syscall_names(report.refused_syscalls);
  context.metrics.count_refused_syscalls(report.refused_syscalls);
  context.metrics.time_run(report.usage);
  if (!syscalls.empty()) spdlog::info("a script was refused: {}", syscalls);
  std::optional<VerboseParts> verbose;
  if (request.verbose) verbose = VerboseParts{report.usage, context.isolation_json, syscalls};

  const Outcome outcome = classify(report.evidence);
  context.metrics.count_run(outcome);
  http::Response response;
  entry.usage = report.usage;
  if (std::holds_alternative<Returned>(outcome)) {
    entry.kind = "ok";
    response.body = success_body(report.value_json, report.output, verbose);
  } else if (const auto* failure = std::get_if<Failed>(&outcome)) {
    response.status = 422;
    entry.kind = name_of(failure->kind);
    response.body = failure_body(*failure, report.output, verbose);
  } else if (const auto* lost = std::get_if<Lost>(&outcome)) {
    entry.kind = "lost";
    spdlog::error("a run was lost: {}", lost->why);
    return lost->try_again ? service_error(503, "the service lost this run: " + lost->why, 1)
                           : service_error(500, "the service lost this run: " + lost->why, 0);
  } else {
    entry.kind = "interrupted";
    return service_error(503, "the service is shutting down; send the request again", 1);
  }
  return response;
}

// Up to 10 MB that the run does not need; assigning an empty string would keep the memory.
void release(std::string& body) { std::string().swap(body); }

http::Response refuse(const Refused& refused, const ExecuteContext& context, RunLogEntry& entry) {
  context.metrics.count_refusal(refused.reason);
  entry.reason = name_of(refused.reason);
  return service_error(503, refused.why, refused.retry_after_s);
}

Refused cells_die() {
  return {Refusal::cell_lost, "cells die before they can run the script; send the request again",
          1};
}

http::Response refuse(const RequestError& error, RunLogEntry& entry) {
  entry.reason = kFaultyRequest;
  return service_error(error.status, error.message, 0);
}

Task<http::Response> execute(http::Exchange& exchange, const ExecuteContext& context,
                             RunLogEntry& entry) {
  std::string& body = exchange.request.body;
  if (const auto refused = context.admission.refuses_all()) {
    release(body);
    co_return refuse(*refused, context, entry);
  }
  std::optional<Decoded> decoded;
  if (DecodeTurns::is_small(body)) {
    decoded = context.decode_turns.decode_small(body);
  } else {
    decoded = co_await context.decode_turns.decode(body, exchange.interruption);
  }
  release(body);
  if (!decoded) co_return refuse(given_up(), context, entry);
  if (const auto* error = std::get_if<RequestError>(&*decoded)) co_return refuse(*error, entry);
  const auto request = std::get<ExecutionRequest>(*std::move(decoded));
  entry.script_bytes = request.script.size();
  const auto flavour = context.flavour_hint.flavour_for(request);

  for (int attempt = 0; attempt < kHandOversMax; ++attempt) {
    Admittance admittance = co_await context.admission.admit(flavour, exchange.interruption);
    if (const auto* refused = std::get_if<Refused>(&admittance)) {
      co_return refuse(*refused, context, entry);
    }
    auto admitted = std::make_shared<Admitted>(std::get<Admitted>(std::move(admittance)));
    const auto queue_time = since(exchange.received_at);
    Run run(context.executor, admitted->lease(), request, context.run);
    RunReport report = co_await run.execute(exchange.interruption);
    if (!report.handed_over) continue;
    report.usage.queue_time = queue_time;
    http::Response response = answer(request, report, context, entry);
    response.keep_until_sent = std::move(admitted);
    co_return response;
  }
  co_return refuse(cells_die(), context, entry);
}

}  // namespace

Task<http::Response> handle_execute(http::Exchange& exchange, const ExecuteContext& context) {
  RunLogEntry entry;
  entry.kind = "refused";
  http::Response response = co_await execute(exchange, context, entry);
  entry.status = response.status;
  entry.total_time = since(exchange.received_at);
  entry.trace = exchange.request.trace;
  if (!entry.reason.empty()) {
    context.refusal_log.add(entry);
    co_await context.refusal_pace.await_turn(exchange.interruption);
    co_return response;
  }
  response.keep_until_sent = std::make_shared<PutAsideWhenSent>(
      context.admission, std::make_shared<Remains>(context.log, std::move(entry),
                                                   std::move(response.keep_until_sent)));
  co_return response;
}

}  // namespace forkjail::server
