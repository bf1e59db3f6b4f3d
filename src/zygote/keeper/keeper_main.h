// Process 1 of a session's cell: the loop around keeper.h.
#pragma once

#include <sys/types.h>

#include "base/unique_fd.h"
#include "sandbox/seccomp_filter.h"

namespace forkjail::zygote {

struct KeeperParts {
  UniqueFd channel;                                // to the server: protocol/keeper_channel.h
  UniqueFd listener;                               // of the filter of all states
  pid_t first = 0;                                 // the state that was started with the session
  const sandbox::FilterProgram* filter = nullptr;  // the keeper's own
};

// keeper, with no other descriptor open. Runs until the server closes the channel or the session
// cannot go on; then the process exits, which ends everything in its pid namespace.
[[noreturn]] void keeper_main(KeeperParts parts);

}  // namespace forkjail::zygote
