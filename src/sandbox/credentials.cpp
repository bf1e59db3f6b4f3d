#include "sandbox/credentials.h"

#include <linux/securebits.h>
#include <sys/prctl.h>

#include "confine/capabilities.h"
#include "confine/process_flags.h"
#include "confine/user.h"

namespace forkjail::sandbox {
namespace {

constexpr unsigned long kSecureBits =
    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

}  // namespace

Status forbid_capabilities() {
  const auto may = confine::may_change_bounding_set();
  if (!may) return may.error();
  if (!*may) return ok_status();
  if (auto status = confine::drop_bounding_set(); !status) return status;
  // gVisor has no secure bits (EINVAL); no_new_privs and the empty sets hold there.
  if (::prctl(PR_SET_SECUREBITS, kSecureBits, 0, 0, 0) != 0 && errno != EINVAL) {
    return errno_error("lock the secure bits");
  }
  return ok_status();
}

Status drop_capabilities() {
  if (auto status = confine::clear_ambient_set(); !status) return status;
  return confine::set_capabilities(0);
}

Status forbid_new_privileges() {
  if (auto status = confine::forbid_new_privileges(); !status) return status;
  return confine::forbid_tracing();
}

Status verify_credentials(uid_t uid, const CredentialClaims& claims) {
  if (claims.own_uid) {
    if (auto status = confine::verify_user(uid); !status) return status;
    if (auto status = confine::verify_group(uid); !status) return status;
  }
  if (claims.bounding_set) {
    if (auto status = confine::verify_bounding_set_empty(); !status) return status;
  }
  if (auto status = confine::verify_capabilities(0); !status) return status;
  return confine::verify_no_new_privileges();
}

}  // namespace forkjail::sandbox
