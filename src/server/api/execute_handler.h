// POST /execute: decode, admit, run, answer; as events, where the client asks for them.
#pragma once

#include "http/message.h"
#include "loop/loop.h"
#include "server/api/run_answer.h"

namespace forkjail::server {

// `context` outlives the call.
Task<http::Response> handle_execute(http::Exchange& exchange, const ExecuteContext& context);

}  // namespace forkjail::server
