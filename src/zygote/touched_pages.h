// Which pages of the warm image a run touches, whatever its script: found out once, by a trial.
//
// The first pass over the harness and its libraries costs a page fault for each page that it
// writes, and one for each stretch of a library's code: a clone has no file's pages. That is most
// of a short run's time. A cell that knows these pages beforehand has them while it makes itself
// ready (sandbox/prefault.h).
//
// How: a fork of the zygote runs trusted scripts, then touches every page of its writable memory
// once more and asks the kernel each time whether that was a fault (getrusage's ru_minflt). No
// fault: it was there already, so the scripts touched it. The same for the stretches of its
// libraries, in several trials, since a question about one may answer that about the next. This
// needs no /proc, which a jail does not have. A trial process ends with that; nothing but the list
// of addresses comes out of it.
//
// Zygote, with one thread, as the last thing before the first clone: what the zygote allocates or
// frees between the two moves what a cell allocates to other pages.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sandbox/prefault.h"

namespace forkjail::zygote {

// Kept for as long as cells are cloned, for the same reason.
class TouchTrial {
 public:
  TouchTrial();

  // `exercise` runs in the trial processes alone; false: it failed, and nothing is learned. Empty,
  // too, where the kernel cannot tell (before Linux 5.14, gVisor): a cell then starts as well, only
  // slower. The caller brackets Python's part of the fork: `exercise` begins with what the child's
  // side needs.
  [[nodiscard]] sandbox::TouchedPages learn(const std::function<bool()>& exercise) const;

 private:
  // Listed here and not in a trial, where making the lists would touch every library.
  std::vector<sandbox::MemoryRange> writable_;
  std::vector<std::uintptr_t> stretches_;  // an address of each
};

}  // namespace forkjail::zygote
