// What E2B's code interpreter serves of a sandbox: runs, and the contexts that they are in.
#pragma once

#include "http/message.h"
#include "loop/loop.h"
#include "server/compat/e2b_door.h"

namespace forkjail::server {

// `door` outlives the calls.
Task<http::Response> execute_for_e2b(http::Exchange& exchange, const E2bDoor& door);
Task<http::Response> create_e2b_context(http::Exchange& exchange, const E2bDoor& door);
Task<http::Response> list_e2b_contexts(http::Exchange& exchange, const E2bDoor& door);
Task<http::Response> restart_e2b_context(http::Exchange& exchange, const E2bDoor& door);
Task<http::Response> delete_e2b_context(http::Exchange& exchange, const E2bDoor& door);
// Whether the sandbox is there.
Task<http::Response> e2b_health(http::Exchange& exchange, const E2bDoor& door);

// The context's session; a new one, if it has ended. Else the answer.
Task<SessionOrAnswer> live_e2b_session(http::Exchange& exchange, const E2bDoor& door,
                                       E2bSandbox& sandbox, E2bContext& context);

}  // namespace forkjail::server
