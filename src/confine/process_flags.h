// What a process can forbid itself for good, or bind to its parent (prctl(2)). All processes of the
// service; none of it needs a privilege.
#pragma once

#include "base/result.h"

namespace forkjail::confine {

// no_new_privs: no exec raises privileges. A system call filter without CAP_SYS_ADMIN needs it.
Status forbid_new_privileges();
Status verify_no_new_privileges();

// Not dumpable: another process of the same user can neither trace this one nor read its memory,
// and it leaves no core file.
Status forbid_tracing();
Status verify_no_tracing();

// Killed with its parent, or rather with the thread of it that made this process. A change of uid
// resets it. A parent that has died before is not noticed: compare getppid() afterwards.
Status die_with_parent();

}  // namespace forkjail::confine
