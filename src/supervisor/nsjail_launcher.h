// Starts one zygote inside one nsjail: the outer jail of deploy/nsjail.cfg.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/config.h"

namespace forkjail::supervisor {

struct LaunchedJail {
  pid_t nsjail_pid = 0;  // our child; the zygote is its child and dies with it
  UniqueFd control;      // protocol/worker_channel.h; receives the sender's credentials
};

// supervisor: forks and execs nsjail. That the zygote is up is said on `control`, later; a jail
// that could not be made shows as the exit of nsjail_pid.
Result<LaunchedJail> launch_jail(const Config& config);

}  // namespace forkjail::supervisor
