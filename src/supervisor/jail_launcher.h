// Starts one zygote in the outer jail that the probe chose: the fork, and the child until its exec.
// Supervisor; what the child does between the two runs with the supervisor's privilege.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/flavour.h"
#include "protocol/warm_up.h"
#include "supervisor/config.h"
#include "supervisor/isolation_probe.h"
#include "supervisor/preload_directory.h"

namespace forkjail::supervisor {

struct LaunchedJail {
  pid_t pid = 0;     // our child: nsjail, which waits for the zygote; or the zygote itself
  UniqueFd control;  // protocol/zygote_channel.h; non-blocking, receives the sender's credentials
  UniqueFd log;      // what it and the zygote write to stderr; non-blocking (supervisor/jail_log.h)
  PreloadDirectory preload_directory;
};

// supervisor: forks and execs. The zygote reports on `control`, later, that it is up; a jail that
// could not be made shows as the exit of `pid`. `scratch_base` is as the zygote sees it, empty with
// namespaces.
Result<LaunchedJail> launch_jail(const Config& config, const JailPlan& plan,
                                 protocol::Flavour flavour, protocol::WarmUp warm_up,
                                 const std::string& scratch_base);

}  // namespace forkjail::supervisor
