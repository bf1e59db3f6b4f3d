#include "server/confinement/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace forkjail::server {
namespace {

using CapabilitySets = std::array<__user_cap_data_struct, 2>;

// Capabilities go first from the bounding set, while CAP_SETPCAP is there to do it.
Status clear_bounding_set() {
  for (unsigned long capability = 0;; ++capability) {
    if (::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) < 0) return ok_status();  // past the last
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    // Without CAP_SETPCAP the set stays; with no_new_privs nothing can be gained from it.
    return errno == EPERM ? ok_status() : errno_error("drop bounding capability");
  }
}

Status clear_ambient_set() {
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0) return ok_status();
  return errno == EINVAL ? ok_status() : errno_error("clear ambient capabilities");
}

Status become(uid_t uid) {
  const gid_t gid = uid;
  if (::setgroups(0, nullptr) != 0) {
    return errno_error("setgroups", "start as an ordinary user, or leave CAP_SETGID");
  }
  if (::setresgid(gid, gid, gid) != 0) return errno_error("setresgid");
  if (::setresuid(uid, uid, uid) != 0) {
    return errno_error("setresuid", "start as an ordinary user, or leave CAP_SETUID");
  }
  return ok_status();
}

Status clear_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const CapabilitySets none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0) return errno_error("capset");
  return ok_status();
}

Status forbid_new_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno_error("no_new_privs");
  return ok_status();
}

// Another process of the same user, should there be one, cannot trace the server or read it.
Status forbid_tracing() {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno_error("not dumpable");
  return ok_status();
}

// ---- act, then check ----

Status verify_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  CapabilitySets sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return errno_error("capget");
  for (const auto& set : sets) {
    if ((set.effective | set.permitted | set.inheritable) != 0) {
      return Error{"verify capabilities", 0, "some are left"};
    }
  }
  return ok_status();
}

Status verify_identity(uid_t uid) {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  if (::getresuid(&real, &effective, &saved) != 0) return errno_error("getresuid");
  if (real != uid || effective != uid || saved != uid) {
    return Error{"verify user", 0, "the former user id is still there"};
  }
  if (uid != 0 && ::setresuid(0, 0, 0) == 0) return Error{"verify user", 0, "root can be regained"};
  return ok_status();
}

Status verify_process_flags() {
  if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return Error{"verify no_new_privs", 0, {}};
  if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return Error{"verify not dumpable", 0, {}};
  return ok_status();
}

}  // namespace

Status drop_privileges(uid_t uid) {
  const bool root = ::geteuid() == 0;
  if (!root) uid = ::geteuid();
  if (uid == 0) return Error{"drop privileges", 0, "--server-uid must not be 0"};
  if (auto status = clear_bounding_set(); !status) return status;
  if (auto status = clear_ambient_set(); !status) return status;
  if (root) {
    if (auto status = become(uid); !status) return status;
  }
  if (auto status = clear_capabilities(); !status) return status;
  if (auto status = forbid_new_privileges(); !status) return status;
  if (auto status = forbid_tracing(); !status) return status;
  if (auto status = verify_capabilities(); !status) return status;
  if (auto status = verify_identity(uid); !status) return status;
  return verify_process_flags();
}

}  // namespace forkjail::server
