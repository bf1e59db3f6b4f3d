#include "sandbox/clone_process.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace forkjail::sandbox {

int* cached_thread_id() {
  int* address = nullptr;
  if (::prctl(PR_GET_TID_ADDRESS, &address) != 0)
    return nullptr;  // needs CONFIG_CHECKPOINT_RESTORE
  return address;
}

Result<ClonedProcess> clone_process(std::uint64_t namespace_flags) {
  int pidfd = -1;
  int* const thread_id = cached_thread_id();
  clone_args args{};
  args.flags = namespace_flags | CLONE_PIDFD;
  if (thread_id != nullptr) args.flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
  args.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
  args.child_tid = reinterpret_cast<std::uint64_t>(thread_id);
  args.exit_signal = SIGCHLD;

  long pid = ::syscall(SYS_clone3, &args, sizeof args);
  if (pid < 0 && errno == ENOSYS) {
    // clone(2): stack 0 means "share the caller's by copy-on-write", the pidfd goes to parent_tid.
    pid = ::syscall(SYS_clone, args.flags | SIGCHLD, nullptr, &pidfd, thread_id, nullptr);
  }
  if (pid < 0 && errno == EINVAL && namespace_flags == 0) {
    pid = ::_Fork();  // glibc's own keeps the thread id right without the prctl
    pidfd = -1;
  }
  if (pid < 0) return errno_error("clone");
  return ClonedProcess{static_cast<pid_t>(pid), UniqueFd(pid == 0 ? -1 : pidfd)};
}

}  // namespace forkjail::sandbox
