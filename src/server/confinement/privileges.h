// Gives up everything that the server does not need to speak HTTP and to read pipes, for good, and
// checks that it is gone. Runs in the server process after the port is bound and the supervisor is
// started, before the first connection is accepted.
#pragma once

#include <sys/types.h>

#include <vector>

#include "base/result.h"
#include "protocol/worker_report.h"

namespace forkjail::server {

// As root: becomes `uid` with no group but the same number. In either case: no capability in any
// set, no_new_privs, not dumpable. Then verifies all of it. Any Error means: do not serve.
Status drop_privileges(uid_t uid);

// Landlock: no file can be opened, no TCP port bound or connected to, no process outside signalled.
// What this kernel cannot confine is off in the returned list; it is no reason not to serve, as the
// server holds no privilege any more.
Result<std::vector<protocol::Layer>> confine_self();

}  // namespace forkjail::server
