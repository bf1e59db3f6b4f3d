// Turns a policy into a seccomp filter: compiled by libseccomp, attached by the process itself.
//
// A filter stays until the process ends: it cannot be removed, and every thread started later
// inherits it. seccomp(2), seccomp_export_bpf(3). A call through a foreign ABI (i386, x32) kills
// the process under every policy.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "seccomp/policy.h"

namespace forkjail::seccomp {

// A classic BPF program. Belongs to the process that compiled it, and to its clones.
struct FilterProgram {
  std::vector<sock_filter> instructions;
  std::vector<std::size_t> own_pid_at;  // instructions whose constant is kOwnPid
};

// The longest program that attach_filter() copies on its stack.
inline constexpr std::size_t kFilterInstructionsMax = 512;

// Errors: libseccomp's, and E2BIG for a policy that became too large. Allocates.
[[nodiscard]] Result<FilterProgram> compile_filter(const Policy& policy);

// Applies the filter to the calling process, which must be single-threaded and have no_new_privs
// set (else EACCES). Allocates nothing unless it fails.
[[nodiscard]] Status attach_filter(const FilterProgram& program);

// The same for a policy with Answer::notify. The descriptor receives the calls that are to be
// decided, of this process and of all that it clones (seccomp_unotify(2)). Errors: EINVAL where the
// kernel has no notifications.
[[nodiscard]] Result<UniqueFd> attach_listened_filter(const FilterProgram& program);

}  // namespace forkjail::seccomp
