// POST /execute: decode, admit, run, answer; as events, where the client asks for them.
#pragma once

#include <string>

#include "http/message.h"
#include "loop/loop.h"
#include "server/admission/admission.h"
#include "server/admission/refusal_pace.h"
#include "server/api/answer_turns.h"
#include "server/api/decode_turns.h"
#include "server/observe/refusal_log.h"
#include "server/observe/run_log.h"
#include "server/runner/runner.h"

namespace forkjail::server {

struct ExecuteContext {
  Executor executor;
  const Runner& runner;
  Admission& admission;
  const std::string& isolation_json;  // of the worker that serves now; empty until there is one
  DecodeTurns& decode_turns;
  AnswerTurns& answer_turns;
  RefusalPace& refusal_pace;
  const RunLog& log;
  RefusalLog& refusal_log;
};

// `context` outlives the call.
Task<http::Response> handle_execute(http::Exchange& exchange, const ExecuteContext& context);

}  // namespace forkjail::server
