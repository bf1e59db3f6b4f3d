// E2B's control plane: makes sandboxes, tells of them, prolongs and ends them.
#pragma once

#include "http/message.h"
#include "loop/loop.h"
#include "server/compat/e2b_door.h"

namespace forkjail::server {

// `door` outlives the calls.
Task<http::Response> create_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door);
Task<http::Response> list_e2b_sandboxes(http::Exchange& exchange, const E2bDoor& door);
Task<http::Response> describe_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door);
Task<http::Response> kill_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door);
// Sets when it ends.
Task<http::Response> time_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door);
// Its state is kept and its timeout counts no more, until a client connects to it.
Task<http::Response> pause_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door);
// The token of one that is there, paused or not.
Task<http::Response> connect_e2b_sandbox(http::Exchange& exchange, const E2bDoor& door);

}  // namespace forkjail::server
