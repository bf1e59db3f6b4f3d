// How a cell puts itself under its memory and pids limits.
#pragma once

#include <span>

#include "base/result.h"

namespace forkjail::sandbox {

// cell, first step: writes "0" (the writer itself) to each of these files of a control group. The
// kernel takes the right from who opened the file, the supervisor, so the cell needs none
// (cgroups(7)). It has one thread, so `tasks` and `cgroup.procs` do the same.
Status join_cgroups(std::span<const int> join_files);

}  // namespace forkjail::sandbox
