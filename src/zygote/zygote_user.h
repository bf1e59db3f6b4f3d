// The zygote's own uid, if no user namespace provides one.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace forkjail::zygote {

// zygote, first of all, in a chroot that the supervisor made: changes to `uid`, keeps what it needs
// to give each cell a uid and to drop everything else (CAP_SETUID, CAP_SETGID, CAP_SETPCAP), and
// dies with the supervisor. Verifies the result.
Status become_zygote_user(uid_t uid);

}  // namespace forkjail::zygote
