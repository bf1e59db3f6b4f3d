#include "server/confinement/privileges.h"

#include <unistd.h>

#include "confine/capabilities.h"
#include "confine/process_flags.h"
#include "confine/user.h"

namespace forkjail::server {
namespace {

// While CAP_SETPCAP is there to do it. Without it nothing can be gained from the set, as
// no_new_privs follows.
Status clear_bounding_set() {
  const auto may = confine::may_change_bounding_set();
  if (!may) return may.error();
  return *may ? confine::drop_bounding_set() : ok_status();
}

Status become(uid_t uid) {
  const auto status = confine::become_user(uid);
  if (status) return ok_status();
  Error error = status.error();
  error.detail = "start as an ordinary user, or leave CAP_SETUID and CAP_SETGID";
  return error;
}

Status give_up(uid_t uid, bool root) {
  if (auto status = clear_bounding_set(); !status) return status;
  if (auto status = confine::clear_ambient_set(); !status) return status;
  if (root) {
    if (auto status = become(uid); !status) return status;
  }
  if (auto status = confine::set_capabilities(0); !status) return status;
  if (auto status = confine::forbid_new_privileges(); !status) return status;
  // Last: a change of uid sets it anew, to what /proc/sys/fs/suid_dumpable says.
  return confine::forbid_tracing();
}

Status verify(uid_t uid) {
  if (auto status = confine::verify_capabilities(0); !status) return status;
  if (auto status = confine::verify_user(uid); !status) return status;
  if (::setresuid(0, 0, 0) == 0) return Error{"verify user", 0, "root can be regained"};
  if (auto status = confine::verify_no_new_privileges(); !status) return status;
  return confine::verify_no_tracing();
}

}  // namespace

Status drop_privileges(uid_t uid) {
  const bool root = ::geteuid() == 0;
  if (!root) uid = ::geteuid();
  if (uid == 0) return Error{"drop privileges", 0, "--server-uid must not be 0"};
  if (auto status = give_up(uid, root); !status) return status;
  return verify(uid);
}

}  // namespace forkjail::server
