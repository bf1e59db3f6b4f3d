// Starts one zygote in the outer jail that the probe chose.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/config.h"
#include "supervisor/isolation_probe.h"

namespace forkjail::supervisor {

struct LaunchedJail {
  pid_t pid = 0;     // our child: nsjail, which waits for the zygote; or the zygote itself
  UniqueFd control;  // protocol/worker_channel.h; receives the sender's credentials
};

// supervisor: forks and execs. That the zygote is up is said on `control`, later; a jail that could
// not be made shows as the exit of `pid`. `scratch_base` is as the zygote sees it, empty with
// namespaces.
Result<LaunchedJail> launch_jail(const Config& config, const JailPlan& plan,
                                 const std::string& scratch_base);

}  // namespace forkjail::supervisor
