// How a cell enters its memory and pids cgroups.
#pragma once

#include <span>

#include "base/result.h"

namespace forkjail::sandbox {

// cell, first step: writes "0" (the writer itself) to each of these files of a cgroup. The kernel
// checks the rights of the process that opened the file, the supervisor, so the cell needs none
// (cgroups(7)). The cell has one thread, so `tasks` and `cgroup.procs` do the same.
Status join_cgroups(std::span<const int> join_files);

}  // namespace forkjail::sandbox
