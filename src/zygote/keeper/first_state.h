// How process 1 of a session's cell becomes its keeper: it clones the first state, which attaches
// the filter of all states, and takes over the filter's listener.
//
// The two share their table of descriptors until then, because the listener is a descriptor of the
// process that attaches the filter, and no cell may send descriptors. Nothing of a script runs
// before they are separate.
#pragma once

#include <functional>

#include "base/pipe.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "sandbox/clone_process.h"
#include "zygote/keeper/keeper_main.h"

namespace forkjail::zygote {

class FirstState {
 public:
  // `filter`: of the keeper itself; outlives the process.
  explicit FirstState(const sandbox::FilterProgram& filter) : filter_(filter) {}

  // cell, as process 1, behind all layers but the filter. Returns in the clone only: the caller
  // becomes the keeper as soon as the clone has called hand_over(), or exits with status 1 if the
  // clone ends before.
  Status begin();

  // The first state. Closes everything but the first `kept` descriptors.
  Status hand_over(UniqueFd listener, int kept);

 private:
  [[noreturn]] void become_keeper(sandbox::ClonedProcess first);

  const sandbox::FilterProgram& filter_;
  Pipe listener_number_;
  Pipe separated_;
};

}  // namespace forkjail::zygote
