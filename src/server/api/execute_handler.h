// POST /execute: decode, admit, run, answer.
#pragma once

#include <string>

#include "http/message.h"
#include "loop/loop.h"
#include "server/admission/admission.h"
#include "server/admission/refusal_pace.h"
#include "server/api/decode_turns.h"
#include "server/observe/metrics.h"
#include "server/observe/refusal_log.h"
#include "server/observe/run_log.h"
#include "server/run/flavour_hint.h"
#include "server/run/run.h"

namespace forkjail::server {

struct ExecuteContext {
  Executor executor;
  Admission& admission;
  Metrics& metrics;
  const FlavourHint& flavour_hint;
  const std::string& isolation_json;  // of the worker that serves now; empty until there is one
  RunOptions run;
  DecodeTurns& decode_turns;
  RefusalPace& refusal_pace;
  const RunLog& log;
  RefusalLog& refusal_log;
};

// `context` outlives the call.
Task<http::Response> handle_execute(http::Exchange& exchange, const ExecuteContext& context);

}  // namespace forkjail::server
