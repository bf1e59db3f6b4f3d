// The system calls that a cell may make: an allowlist as data, each row with its reason.
//
// Three layers, after Chromium's sandbox/linux: kinds of calls (the tables of syscall_policy.cpp),
// argument rules (cell_arguments.h) and composition (cell_policy()). This file says what is
// allowed; seccomp_filter.h compiles it for the kernel. A call or an argument without a row is
// refused: EPERM for the script, and a record for the report (refused_calls.h).
//
// Pure data, valid in every process and phase. docs/decisions/seccomp-allowlist.md says how the
// rows were found; the honest scripts of tests/corpus/ check that they are sufficient.
#pragma once

#include <cstddef>

#include "seccomp/policy.h"

namespace forkjail::sandbox {

// The maximum number of allowed calls. A new row has to replace an old one.
inline constexpr std::size_t kAllowedCallsMax = 80;

// Calls that it does not allow raise SIGSYS, unless a row says otherwise.
[[nodiscard]] seccomp::Policy cell_policy();

// The same for cells whose scratch is a directory on a disk: no call waits for the disk.
[[nodiscard]] seccomp::Policy cell_policy_without_tmpfs();

// The same for cells that also share their uid with the service and its files, where neither a
// mount nor Landlock prevents a script from changing modes and times of what that uid owns.
[[nodiscard]] seccomp::Policy cell_policy_of_shared_uid();

// The same as cell_policy() for the states of a session, which the keeper forks by order and which
// each have a pid of their own (zygote/keeper/keeper.h): a clone that is not a thread, a signal,
// and the call by which a state asks for its next order are decided by the keeper.
[[nodiscard]] seccomp::Policy state_policy();

// What the keeper itself may call: it runs nothing of a script.
[[nodiscard]] seccomp::Policy keeper_policy();

// The call by which a state asks the keeper for its next order, one that no outer filter refuses
// (deploy/nsjail.cfg, container runtimes). Nothing else in a cell makes it,
// and the kernel never runs it: the filter hands it to the keeper.
inline constexpr int kKeeperCall = SYS_membarrier;

}  // namespace forkjail::sandbox
