// A state of a session: a process that asks the keeper for its next order and carries it out, again
// and again (zygote/keeper/keeper.h). It runs requests as the head, or sleeps as a kept copy.
#pragma once

#include "zygote/cell_main.h"
#include "zygote/python_host.h"

namespace forkjail::zygote {

// Where the kernel stores the thread id of a clone (sandbox/clone_process.h); to be asked before
// the filter is attached.
struct StateOptions {
  std::string directory;  // the working directory
  int* thread_id = nullptr;
};

// The first state, after `parked` was sent. Never returns.
[[noreturn]] void state_loop(PythonHost& host, const StateOptions& options);

}  // namespace forkjail::zygote
