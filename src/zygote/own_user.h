// The zygote's own user where no user namespace gives it one.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace forkjail::zygote {

// zygote, first of all, in a chroot that the supervisor made: becomes `uid`, still with what it
// needs to give each cell a uid and to take everything from it (CAP_SETUID, CAP_SETGID,
// CAP_SETPCAP), and dies with the supervisor. Reads back what it became.
Status become_own_user(uid_t uid);

}  // namespace forkjail::zygote
