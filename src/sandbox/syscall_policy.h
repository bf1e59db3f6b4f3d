// The system calls that a cell may make: an allowlist as data, each row with its why.
//
// Three layers, after Chromium's sandbox/linux: kinds of calls (the tables of syscall_policy.cpp),
// argument rules (syscall_arguments.h) and composition (cell_policy()). This file says what is
// allowed; seccomp_filter.h turns it into a program for the kernel. A call or an argument that no
// row names is refused: EPERM for the script, and a record for the report (refused_calls.h).
//
// Pure data, valid in every process and phase. docs/decisions/seccomp-allowlist.md says how the
// rows were found; tests/corpus/ holds the honest scripts that keep them sufficient.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "sandbox/syscall_arguments.h"

namespace forkjail::sandbox {

enum class Answer : unsigned char {
  allow,  // the kernel runs it, when one of the row's conditions holds
  // Refused by an errno alone, with no signal and no record:
  not_existing,   // ENOSYS: a library asks first and has another way
  not_supported,  // EOPNOTSUPP: likewise
  not_permitted,  // EPERM: the caller may have its signals blocked, where SIGSYS would kill
};

struct SyscallRow {
  int number;             // of the native architecture, <sys/syscall.h>
  std::string_view name;  // as strace(1) shows it
  Answer answer;
  std::span<const Condition> any_of;  // empty: whatever the arguments are
  std::string_view why;               // who needs it, and why it is harmless; never empty
};

// The most calls that may be allowed. A new row has to push an old one out.
inline constexpr std::size_t kAllowedCallsMax = 80;

// The cell's policy, at most one row a call and answer; the conditions of two rows of one call are
// disjoint. In no particular order.
[[nodiscard]] std::span<const SyscallRow> cell_policy();

}  // namespace forkjail::sandbox
