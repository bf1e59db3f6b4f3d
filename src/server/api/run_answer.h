// The answer to a request to run a script, whatever cell it ran in: the plain answer of a run that
// is over, the refusals, and what is left to do once the answer was sent.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "loop/loop.h"
#include "server/admission/admission.h"
#include "server/admission/refusal_pace.h"
#include "server/api/answer_turns.h"
#include "server/api/decode_turns.h"
#include "server/api/request_decoder.h"
#include "server/callers/audit_log.h"
#include "server/callers/caller.h"
#include "server/observe/refusal_log.h"
#include "server/observe/run_log.h"
#include "server/runner/runner.h"

namespace forkjail::server {

struct ExecuteContext {
  Executor executor;
  const Runner& runner;
  Admission& admission;
  const std::string& isolation_json;  // of the zygote that serves now; empty until there is one
  RunLimits maxima;
  DecodeTurns& decode_turns;
  AnswerTurns& answer_turns;
  RefusalPace& refusal_pace;
  const RunLog& log;
  RefusalLog& refusal_log;
  const AuditLog* audit = nullptr;  // null: there is none
};

// Since when a request waits, and whose it is.
[[nodiscard]] inline Arrival arrival_of(const http::Exchange& exchange) {
  return {exchange.received_at, party_of(exchange)};
}
// The most that its caller may ask for.
[[nodiscard]] inline const RunLimits& maxima_of(const http::Exchange& exchange,
                                                const ExecuteContext& context) {
  const KeyHolder* const holder = key_holder_of(exchange);
  return holder == nullptr ? context.maxima : holder->row.maxima;
}

// What is left of a request when its client has the answer: its line in the log, then the end of
// what it used.
struct RequestEnd {
  RunLogEntry entry;
  std::shared_ptr<Admitted> held;
};

// Notes for the logs which script is to run.
void note_script(std::string_view script, const ExecuteContext& context, RunLogEntry& entry);
// Notes for the log what became of a run.
void note_outcome(const Finished& run, RunLogEntry& entry);

// A 422 or 200 of a run, or a 5xx of one that was lost; notes for the log what became of it. But
// for `files`: add_files().
[[nodiscard]] http::Response answer_of(const ExecutionRequest& request, const Finished& run,
                                       const ExecuteContext& context, RunLogEntry& entry);
// Adds what the run left in its directory, if the request asks for it and the run ended by itself.
Task<void> add_files(http::Response& response, const ExecutionRequest& request, const Finished& run,
                     const ExecuteContext& context, Interruption& interruption);

// The kind of a run that began and whose end is not known: it is not safe to send it again.
inline constexpr std::string_view kRunLost = "run_lost";

// Nothing ran.
[[nodiscard]] http::Response refused_answer(const Refused& refused, http::ErrorRenderer render);
[[nodiscard]] http::Response answer_of(const Refused& refused, RunLogEntry& entry);
[[nodiscard]] http::Response answer_of(const RequestError& error, RunLogEntry& entry);

// The request that the exchange's body holds, or the answer that it gets instead.
Task<std::variant<ExecutionRequest, http::Response>> read_request(http::Exchange& exchange,
                                                                  const ExecuteContext& context,
                                                                  const RequestTerms& terms,
                                                                  RunLogEntry& entry);

// The exchange's body, which is given free: a run does not need it. Empty: interrupted. All outlive
// the call.
Task<std::optional<Decoded>> decode_body(http::Exchange& exchange, const ExecuteContext& context,
                                         const RequestTerms& terms);

// Completes an answer: logs it, or paces it if nothing ran.
Task<void> finish_request(http::Response& response, RequestEnd& end, http::Exchange& exchange,
                          const ExecuteContext& context);

}  // namespace forkjail::server
