// The system calls that a cell may make: an allowlist as data, each row with its why.
//
// Three layers, after Chromium's sandbox/linux: kinds of calls (the tables of syscall_policy.cpp),
// argument rules (cell_arguments.h) and composition (cell_policy()). This file says what is
// allowed; seccomp_filter.h turns it into a program for the kernel. A call or an argument that no
// row names is refused: EPERM for the script, and a record for the report (refused_calls.h).
//
// Pure data, valid in every process and phase. docs/decisions/seccomp-allowlist.md says how the
// rows were found; tests/corpus/ holds the honest scripts that keep them sufficient.
#pragma once

#include <cstddef>

#include "seccomp/policy.h"

namespace forkjail::sandbox {

// The most calls that may be allowed. A new row has to push an old one out.
inline constexpr std::size_t kAllowedCallsMax = 80;

// What it does not allow is SIGSYS, unless a row says otherwise.
[[nodiscard]] seccomp::Policy cell_policy();

// The same for cells whose scratch is a directory on a disk: nothing waits for the disk.
[[nodiscard]] seccomp::Policy cell_policy_without_tmpfs();

// And for those that also share their uid with the service and its files, where neither a mount nor
// Landlock keeps a script from changing modes and times of what that uid owns.
[[nodiscard]] seccomp::Policy cell_policy_of_shared_uid();

}  // namespace forkjail::sandbox
