#include "sandbox/credentials.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace forkjail::sandbox {
namespace {

constexpr unsigned long kSecureBits =
    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

// capget(2) and capset(2) version 3 take two halves of 32 capabilities each.
using CapabilityHalves = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

__user_cap_header_struct capability_header() { return {_LINUX_CAPABILITY_VERSION_3, 0}; }

}  // namespace

Status forbid_capabilities() {
  auto header = capability_header();
  CapabilityHalves held_now{};
  if (::syscall(SYS_capget, &header, held_now.data()) != 0) return errno_error("capget");
  if ((held_now[0].effective & (1U << CAP_SETPCAP)) == 0) return ok_status();
  for (unsigned long capability = 0;; ++capability) {
    const int held = ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (held < 0) break;  // EINVAL: past the last capability of this kernel
    if (held == 1 && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
      return errno_error("drop the bounding set");
    }
  }
  // gVisor has no secure bits (EINVAL); no_new_privs and the empty sets hold there.
  if (::prctl(PR_SET_SECUREBITS, kSecureBits, 0, 0, 0) != 0 && errno != EINVAL) {
    return errno_error("lock the secure bits");
  }
  return ok_status();
}

Status become_user(uid_t uid) {
  // Raw calls: glibc's wrappers would signal other threads, of which there are none.
  if (::syscall(SYS_setgroups, 0, nullptr) != 0) return errno_error("setgroups");
  if (::syscall(SYS_setresgid, uid, uid, uid) != 0) return errno_error("setresgid");
  if (::syscall(SYS_setresuid, uid, uid, uid) != 0) return errno_error("setresuid");
  return ok_status();
}

Status drop_capabilities() {
  // gVisor has no ambient set (EINVAL).
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) {
    return errno_error("clear the ambient set");
  }
  auto header = capability_header();
  const CapabilityHalves none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0) return errno_error("capset");
  return ok_status();
}

Status forbid_new_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno_error("no_new_privs");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno_error("dumpable off");
  return ok_status();
}

namespace {

Status verify_own_uid(uid_t uid) {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  if (::getresuid(&real, &effective, &saved) != 0) return errno_error("getresuid");
  if (real != uid || effective != uid || saved != uid) return Error{"verify uid", 0, "not its own"};
  gid_t real_group = 0;
  gid_t effective_group = 0;
  gid_t saved_group = 0;
  if (::getresgid(&real_group, &effective_group, &saved_group) != 0)
    return errno_error("getresgid");
  if (real_group != uid || effective_group != uid || saved_group != uid) {
    return Error{"verify gid", 0, "not its own"};
  }
  if (::getgroups(0, nullptr) != 0) return Error{"verify groups", 0, "some are left"};
  return ok_status();
}

Status verify_bounding_set() {
  for (unsigned long capability = 0;; ++capability) {
    const int held = ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (held < 0) return ok_status();
    if (held != 0) return Error{"verify bounding set", 0, "not empty"};
  }
}

}  // namespace

Status verify_credentials(uid_t uid, const CredentialClaims& claims) {
  if (claims.own_uid) {
    if (auto status = verify_own_uid(uid); !status) return status;
  }
  if (claims.bounding_set) {
    if (auto status = verify_bounding_set(); !status) return status;
  }
  auto header = capability_header();
  CapabilityHalves held{};
  if (::syscall(SYS_capget, &header, held.data()) != 0) return errno_error("capget");
  for (const auto& half : held) {
    if ((half.effective | half.permitted | half.inheritable) != 0) {
      return Error{"verify capabilities", 0, "some are left"};
    }
  }
  if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return Error{"verify no_new_privs", 0, "off"};
  return ok_status();
}

}  // namespace forkjail::sandbox
