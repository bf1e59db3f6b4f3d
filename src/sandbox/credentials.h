// A cell's privileges, dropped so that nothing can be regained, and looked at afterwards. What is
// not here, the steps take from the zone `confine` as it is.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace forkjail::sandbox {

// cell: empties the bounding set and locks the secure bits, so that nothing can be regained. Needs
// CAP_SETPCAP, so it comes before the change of uid. If the zygote never had it (an ordinary user
// without namespaces) there is nothing to drop, and no_new_privs keeps it that way.
Status forbid_capabilities();

// cell: empties the ambient, effective, permitted and inheritable sets. Needs no privilege.
Status drop_capabilities();

// cell: no_new_privs, which seccomp needs too, and not dumpable.
Status forbid_new_privileges();

// What the zygote could drop, beyond what is always dropped.
struct CredentialClaims {
  bool own_uid = true;       // uid and gid are the cell's own, no supplementary group
  bool bounding_set = true;  // empty
};

// cell, after the above: reads everything back from the kernel.
Status verify_credentials(uid_t uid, const CredentialClaims& claims = {});

}  // namespace forkjail::sandbox
