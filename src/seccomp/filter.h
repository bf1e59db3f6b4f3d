// A policy as a seccomp filter: compiled by libseccomp, attached by the process that it binds.
//
// The filter lasts until the process ends: it cannot be taken off, and every thread started later
// inherits it. seccomp(2), seccomp_export_bpf(3). A call of a foreign ABI (i386, x32) ends the
// process whatever the policy is.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "seccomp/policy.h"

namespace forkjail::seccomp {

// A classic BPF program. Of the process that compiled it, and shared with those that it clones.
struct FilterProgram {
  std::vector<sock_filter> instructions;
  std::vector<std::size_t> own_pid_at;  // instructions whose constant stands for the own pid
};

// The longest program that attach_filter() copies on its stack.
inline constexpr std::size_t kFilterInstructionsMax = 512;

// Errors: libseccomp's, and E2BIG for a policy that became too large. Allocates.
[[nodiscard]] Result<FilterProgram> compile_filter(const Policy& policy);

// Binds the calling process, which must be single-threaded and have no_new_privs set (else EACCES).
// Allocates nothing unless it fails.
[[nodiscard]] Status attach_filter(const FilterProgram& program);

}  // namespace forkjail::seccomp
