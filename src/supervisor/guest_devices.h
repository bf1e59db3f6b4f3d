// The devices of a guest's root where there is no mount namespace to bind the host's into.
// Supervisor, once, at its start.
#pragma once

#include <string>

#include "base/result.h"

namespace forkjail::supervisor {

// For JailKind::chroot: makes the guest's three devices as nodes of their own, in place of the
// empty files that stand for them. Without them runs go on, but a script cannot open /dev/null.
// Errors: EPERM (no CAP_MKNOD), EACCES (mounted nodev), EROFS.
Status make_devices(const std::string& guest_root);

}  // namespace forkjail::supervisor
