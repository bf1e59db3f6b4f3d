// Which pages of the warm image a run writes, whatever its script: found out once, by a trial.
//
// CPython writes to nearly everything that it looks at (reference counts), so a run's first pass
// over the harness and its libraries costs a page fault for each of some two thousand pages, which
// is most of a short run's time. A cell that knows these pages beforehand has them copied while it
// makes itself ready (sandbox/prefault.h).
//
// How: a fork of the zygote runs trusted scripts, then touches every page of its writable memory
// once and asks the kernel each time whether that was a fault (getrusage's ru_minflt). No fault:
// the page was its own already, so the scripts wrote it. This needs no /proc, which a jail does not
// have. The trial process ends with that; nothing but the list of addresses comes out of it.
//
// Zygote, after everything else has been warmed, with one thread.
#pragma once

#include <functional>
#include <vector>

#include "sandbox/prefault.h"

namespace forkjail::zygote {

// `exercise` runs in the trial process alone; false: it failed, and nothing is learned. Empty, too,
// where the kernel cannot tell (before Linux 5.14, gVisor): a cell then starts as well, only
// slower. The caller brackets Python's part of the fork: `exercise` begins with what the child's
// side needs.
std::vector<sandbox::MemoryRange> learn_written_pages(const std::function<bool()>& exercise);

}  // namespace forkjail::zygote
