// POST /execute: decode, admit, run, answer.
#pragma once

#include <string>

#include "server/admission.h"
#include "server/decode_turns.h"
#include "server/flavour_hint.h"
#include "server/http_message.h"
#include "server/loop.h"
#include "server/metrics.h"
#include "server/refusal_log.h"
#include "server/refusal_pace.h"
#include "server/run.h"
#include "server/run_log.h"

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
Task<HttpResponse> handle_execute(Exchange& exchange, const ExecuteContext& context);

}  // namespace forkjail::server
