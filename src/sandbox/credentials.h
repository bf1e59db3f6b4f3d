// Giving up every privilege: uid, gid, groups, capabilities (capabilities(7)), and the ways back.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace forkjail::sandbox {

// cell: empties the bounding set and locks the secure bits, so that nothing can be regained. Needs
// CAP_SETPCAP, so it comes before become_user().
Status forbid_capabilities();

// cell: becomes `uid` in group `uid` with no supplementary group, and drops all capabilities.
Status become_user(uid_t uid);

// cell: no_new_privs (prctl(2)): an exec can never raise privilege. Seccomp needs it.
Status forbid_new_privileges();

// cell, after the above: reads everything back from the kernel.
Status verify_credentials(uid_t uid);

}  // namespace forkjail::sandbox
