// Gives up every privilege of the server for good, and checks that it is gone. Runs in the server
// process after the port is bound and the supervisor is started, while it has one thread, before
// the first connection is accepted.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace forkjail::server {

// As root: becomes `uid` with no group but the same number. In either case: no capability in any
// set, no_new_privs, not dumpable. Then verifies all of it. Any Error means: do not serve.
Status drop_privileges(uid_t uid);

}  // namespace forkjail::server
