// The threads of a control group, as its `cgroup.threads` (v1: `tasks`) lists them.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace forkjail::supervisor {

// Without those that are about to go: they are listed as 0, which is the caller to setpriority(2)
// and sched_setattr(2).
Result<std::vector<pid_t>> group_threads(const std::string& threads_file);

}  // namespace forkjail::supervisor
