// Starts one zygote in the outer jail that the probe chose.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/flavour.h"
#include "protocol/warm_up.h"
#include "supervisor/config.h"
#include "supervisor/isolation_probe.h"
#include "supervisor/preload_directory.h"

namespace forkjail::supervisor {

// The zygote's binary in the guest's root, and nsjail's settings beside nsjail.
std::string zygote_path(const Config& config);
std::string nsjail_settings_path(const Config& config);

// supervisor, once: that what a zygote is started with is there. Errors name the flag.
Status find_parts(const Config& config, const JailPlan& plan);

struct LaunchedJail {
  pid_t pid = 0;     // our child: nsjail, which waits for the zygote; or the zygote itself
  UniqueFd control;  // protocol/worker_channel.h; non-blocking, receives the sender's credentials
  UniqueFd log;      // what it and the zygote write to stderr; non-blocking (supervisor/jail_log.h)
  PreloadDirectory preload_directory;
};

// supervisor, once, for JailKind::chroot: the guest's three devices as nodes of their own, where
// nothing can be bound over the empty files that stand for them. Without them runs go on, but a
// script cannot open /dev/null. Errors: EPERM (no CAP_MKNOD), EACCES (mounted nodev), EROFS.
Status make_devices(const std::string& guest_root);

// supervisor: forks and execs. That the zygote is up is said on `control`, later; a jail that could
// not be made shows as the exit of `pid`. `scratch_base` is as the zygote sees it, empty with
// namespaces.
Result<LaunchedJail> launch_jail(const Config& config, const JailPlan& plan,
                                 protocol::Flavour flavour, protocol::WarmUp warm_up,
                                 const std::string& scratch_base);

}  // namespace forkjail::supervisor
