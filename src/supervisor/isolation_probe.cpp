#include "supervisor/isolation_probe.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "base/io.h"
#include "base/pipe.h"
#include "confine/landlock.h"

namespace forkjail::supervisor {
namespace {

// What nsjail and a cell will do, in their order; the first that is refused is the answer.
struct Trial {
  std::string_view name;
  bool (*run)();
  bool needed;  // else only noted
};

bool unshare_all() {
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                   CLONE_NEWUTS | CLONE_NEWCGROUP) == 0;
}

bool make_mounts_private() {
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool mount_tmpfs() {
  return ::mount("probe", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=4k") == 0;
}

// Refused by a filter or a security module: EPERM or EACCES. Reached the kernel: EBUSY or EINVAL,
// since nothing is prepared for it.
bool reach_pivot_root() {
  ::syscall(SYS_pivot_root, "/", "/");
  return errno != EPERM && errno != EACCES && errno != ENOSYS;
}

constexpr std::array kTrials{Trial{"unshare of all namespaces", unshare_all, true},
                             Trial{"private mounts", make_mounts_private, true},
                             Trial{"a tmpfs mount", mount_tmpfs, true},
                             Trial{"pivot_root", reach_pivot_root, false}};

struct Verdict {
  std::int32_t failed_trial = -1;  // index; -1: none
  std::int32_t sys_errno = 0;
};

Result<Verdict> try_namespaces() {
  auto pipe = make_pipe();
  if (!pipe) return pipe.error();
  const pid_t pid = ::fork();
  if (pid < 0) return errno_error("fork");
  if (pid == 0) {
    Verdict verdict;
    for (std::size_t i = 0; i < kTrials.size() && verdict.failed_trial < 0; ++i) {
      errno = 0;
      if (!kTrials.at(i).run()) verdict = {static_cast<std::int32_t>(i), errno};
    }
    const bool told = write_all(pipe->write_end.get(), std::as_bytes(std::span(&verdict, 1))).ok();
    ::_exit(told ? 0 : 1);
  }
  pipe->write_end.reset();
  Verdict verdict;
  const auto told =
      read_exactly(pipe->read_end.get(), std::as_writable_bytes(std::span(&verdict, 1)));
  ::waitpid(pid, nullptr, 0);
  if (!told) return Error{"probe namespaces", 0, "the probing process died"};
  return verdict;
}

bool may_chroot_and_setuid() { return ::geteuid() == 0 && ::chroot("/") == 0; }

Error too_weak(const JailPlan& plan) {
  return Error{"isolation", 0,
               "namespaces are refused here (" + plan.namespaces_missing +
                   "), which --isolation=full requires; allow them (docs/operations.md) or start "
                   "with --isolation=auto"};
}

}  // namespace

bool has_pidfds() {
  const UniqueFd self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  return self.valid();
}

Result<JailPlan> probe_isolation(const Config& config) {
  JailPlan plan;
  const bool root = ::geteuid() == 0;
  if (config.isolation == IsolationMode::fallback) {
    plan.namespaces_missing = "switched off by --isolation=fallback";
  } else {
    const auto verdict = try_namespaces();
    if (!verdict) return verdict.error();
    if (verdict->failed_trial >= 0) {
      const Trial& failed = kTrials.at(static_cast<std::size_t>(verdict->failed_trial));
      plan.pivot_root = false;
      if (failed.needed) {
        plan.namespaces_missing =
            std::string(failed.name) + ": " + std::strerror(verdict->sys_errno);
      }
    }
  }
  if (!has_pidfds()) {
    plan.pidfds_missing = std::string("the kernel has no pidfds: ") + std::strerror(errno);
    if (plan.namespaces_missing.empty()) plan.namespaces_missing = plan.pidfds_missing;
  }
  if (confine::landlock_abi() == 0) plan.landlock_missing = "the kernel has no Landlock";

  // A cell in a pid namespace has no number that we could know, only a descriptor.
  if (plan.namespaces_missing.empty()) {
    plan.kind = JailKind::nsjail;
    plan.layers = {.namespaces = true, .own_uid = root, .landlock = false};
    return plan;
  }
  if (config.isolation == IsolationMode::full) return too_weak(plan);
  plan.layers.landlock = plan.landlock_missing.empty();
  if (may_chroot_and_setuid()) {
    plan.kind = JailKind::chroot;
    plan.layers.own_uid = true;
    return plan;
  }
  plan.kind = JailKind::open;
  if (!plan.layers.landlock) {
    return Error{"isolation", 0,
                 "no file-system layer can be set up here: namespaces are refused (" +
                     plan.namespaces_missing + "), chroot needs root, and " +
                     plan.landlock_missing + "; start as root or on a newer kernel"};
  }
  return plan;
}

}  // namespace forkjail::supervisor
