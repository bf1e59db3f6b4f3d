// clone3(2) by hand: what fork() would do, plus namespaces and a pidfd.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail::sandbox {

struct ClonedProcess {
  pid_t pid = 0;   // 0 in the child
  UniqueFd pidfd;  // in the parent; invalid without pidfds in the kernel
};

// Clones the calling process into new namespaces (CLONE_NEW* flags; 0 for none). Returns twice,
// like fork(2). The caller must have one thread and, if it hosts Python, call PyOS_BeforeFork and
// PyOS_AfterFork_* around it: no atfork handler runs. glibc's cached thread id stays correct in the
// child. Falls back to clone(2) if a filter answers clone3 with ENOSYS, and, without namespaces, to
// fork without handlers if there are no pidfds (gVisor). Errors: EPERM (no CAP_SYS_ADMIN for a
// namespace), EAGAIN, ENOMEM, ENOSPC (too many namespaces).
Result<ClonedProcess> clone_process(std::uint64_t namespace_flags);

// The address at which glibc caches the thread id of this thread: the kernel stores a child's new
// id there before the child runs. Without this a mutex of the child would have the wrong owner.
// Null where the kernel does not tell it. Of use in every clone of the process, too.
[[nodiscard]] int* cached_thread_id();

}  // namespace forkjail::sandbox
