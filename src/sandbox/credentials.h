// Drops every privilege: uid, gid, groups, capabilities (capabilities(7)), and every way to regain
// them.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace forkjail::sandbox {

// cell: empties the bounding set and locks the secure bits, so that nothing can be regained. Needs
// CAP_SETPCAP, so it comes before become_user(). If the zygote never had it (an ordinary user
// without namespaces) there is nothing to drop, and no_new_privs keeps it that way.
Status forbid_capabilities();

// cell: becomes `uid` in group `uid` with no supplementary group.
Status become_user(uid_t uid);

// cell: empties the ambient, effective, permitted and inheritable sets. Needs no privilege.
Status drop_capabilities();

// cell: sets no_new_privs (prctl(2)), so that exec can never raise privileges. Seccomp needs it.
Status forbid_new_privileges();

// What the zygote could drop, beyond what is always dropped.
struct CredentialClaims {
  bool own_uid = true;       // uid and gid are the cell's own, no supplementary group
  bool bounding_set = true;  // empty
};

// cell, after the above: reads everything back from the kernel.
Status verify_credentials(uid_t uid, const CredentialClaims& claims = {});

}  // namespace forkjail::sandbox
