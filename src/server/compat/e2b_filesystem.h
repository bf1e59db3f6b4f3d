// The services of E2B's agent in a sandbox, which are Connect's with JSON: filesystem.Filesystem,
// and process.Process, which is refused in Connect's own form of an error: commands are not
// supported.
#pragma once

#include "http/message.h"
#include "loop/loop.h"
#include "server/compat/e2b_door.h"

namespace forkjail::server {

// `door` outlives the calls.
Task<http::Response> call_e2b_filesystem(http::Exchange& exchange, const E2bDoor& door);
Task<http::Response> refuse_e2b_process(http::Exchange& exchange, const E2bDoor& door);

}  // namespace forkjail::server
