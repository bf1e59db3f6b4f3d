// How a cell puts itself under its memory and pids limits.
#pragma once

#include <span>

#include "base/result.h"

namespace forkjail::sandbox {

// cell, first step: writes "0" (the writer itself) to each of these cgroup.procs files. The kernel
// takes the right from who opened the file, the supervisor, so the cell needs none (cgroups(7)).
Status join_cgroups(std::span<const int> procs_files);

}  // namespace forkjail::sandbox
