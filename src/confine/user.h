// The user that a process becomes, for good. Server and cell.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace forkjail::confine {

// Becomes `uid` in the group of the same number, with no supplementary group. Only this thread: the
// process must have no other.
Status become_user(uid_t uid);

// Real, effective and saved uid.
Status verify_user(uid_t uid);
// The same of the group, and that there is no supplementary one.
Status verify_group(gid_t gid);

}  // namespace forkjail::confine
