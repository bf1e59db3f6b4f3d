// clone3(2) by hand: what fork() would do, plus namespaces and a pidfd.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail::sandbox {

struct ClonedProcess {
  pid_t pid = 0;  // 0 in the child
  UniqueFd
      pidfd;  // in the parent; invalid where the kernel has none and no namespace was asked for
};

// Clones the calling process into new namespaces (CLONE_NEW* flags; 0 for none). Returns twice, as
// fork(2) does. The caller must have one thread and, where it hosts Python, bracket the call by
// PyOS_BeforeFork and PyOS_AfterFork_*: no atfork handler runs. glibc's cached thread id is kept
// right in the child. Falls back to clone(2) where a filter answers clone3 with ENOSYS, and,
// without namespaces, to fork without handlers where there are no pidfds (gVisor). Errors: EPERM
// (no CAP_SYS_ADMIN for a namespace), EAGAIN, ENOMEM, ENOSPC (too many namespaces).
Result<ClonedProcess> clone_process(std::uint64_t namespace_flags);

}  // namespace forkjail::sandbox
