// Learns which pages of the warm image every run touches, in a trial.
//
// The first pass over the harness and its libraries costs a page fault for each page that it
// writes, and one for each stretch of a library's code, because a clone has no file pages mapped.
// That is most of the time of a short run. A cell that knows these pages touches them during its
// setup (sandbox/prefault.h).
//
// How: a fork of the zygote runs trusted scripts, then touches every page of its writable memory
// and reads the kernel's fault counter each time (getrusage's ru_minflt). If there was no fault,
// the scripts had already touched the page. The same is done for the stretches of its libraries, in
// several trials, because probing one stretch can map the next one too. This needs no /proc, which
// the jail does not have. The trial process then exits; only the list of addresses is kept.
//
// Zygote, with one thread, right before the first clone: memory that the zygote allocates or frees
// in between changes which pages a cell will allocate.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sandbox/prefault.h"

namespace forkjail::zygote {

// Kept as long as cells are cloned, for the same reason.
class TouchTrial {
 public:
  TouchTrial();

  // `exercise` runs only in the trial processes; if it returns false, nothing is learned. The
  // result is also empty if the kernel cannot tell (before Linux 5.14, gVisor): cells then work
  // too, only slower. The caller does what Python needs before and after a fork: `exercise` begins
  // with the child's part.
  [[nodiscard]] sandbox::TouchedPages learn(const std::function<bool()>& exercise) const;
  // The same in a single trial: only what is written.
  [[nodiscard]] sandbox::TouchedPages learn_written(const std::function<bool()>& exercise) const;

 private:
  // Listed here and not in a trial, where making the lists would touch every library.
  std::vector<sandbox::MemoryRange> writable_;
  std::vector<std::uintptr_t> stretches_;  // one address of each
};

}  // namespace forkjail::zygote
