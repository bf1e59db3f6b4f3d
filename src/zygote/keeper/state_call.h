// The call by which a state of a session asks the keeper for its next order. It is a system call
// that the filter hands to the keeper (sandbox::kKeeperCall): the kernel vouches for the caller's
// pid, only the keeper can answer, and no descriptor is left that another state could use.
#pragma once

#include <cstdint>

#include "protocol/run_frames.h"

namespace forkjail::zygote {

// The call's arguments: why the last order could not be carried out, an errno or 0; and this
// number, so that a script which only tries the call is refused as elsewhere.
inline constexpr std::uint64_t kStateCallMagic = 0x66a7'0b51'7e3d'c94f;

// What the keeper answers.
enum class StateOrder : std::int64_t {
  // The request is on this descriptor, which the kernel answers when it has put the pipe there.
  run = protocol::kCellRequestFd,
  keep = 1,    // fork(2): the child is the kept state, the caller goes on as the head
  revive = 2,  // the caller sleeps, alone: clone with kReviveFlags; the child is the new head
};

// The flags of the one clone(2) that the keeper lets through after each order. A kept state is made
// by the C library's fork, which copies no lock that another thread holds; its parent is the head.
// A sleeper has one thread and clones a child for its own parent, which is the keeper: so the
// kernel reports to the keeper how the new head ends. CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |
// SIGCHLD, and in the second CLONE_PARENT for SIGCHLD.
inline constexpr std::uint64_t kKeepFlags = 0x01200011;
inline constexpr std::uint64_t kReviveFlags = 0x01208000;

}  // namespace forkjail::zygote
