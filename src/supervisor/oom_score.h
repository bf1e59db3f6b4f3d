// What the kernel kills first when memory runs out: the cells, then the zygotes, and the service
// last.
//
// Scores only go up, which needs no privilege (proc_pid_oom_score_adj(5)). The server and the
// supervisor keep the one that they were started with, an operator's or an orchestrator's choice. A
// failure weakens no layer: without /proc all have the same score.
#pragma once

#include <sys/types.h>

namespace forkjail::supervisor {

inline constexpr int kZygoteOomScore = 500;
inline constexpr int kCellOomScore = 1'000;  // the most there is

// child of the supervisor that becomes a zygote, before it loses sight of /proc: its own score, and
// that of all that it clones. A higher one stays.
void raise_own_oom_score(int score);

// supervisor, of a cell that was just cloned.
void set_highest_oom_score(pid_t pid);

}  // namespace forkjail::supervisor
