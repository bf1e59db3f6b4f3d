// What a zygote is started with: the command line of each kind of jail, and the files that it
// names. Supervisor, before it forks; the doctor, which looks for the same files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/flavour.h"
#include "protocol/warm_up.h"
#include "supervisor/config.h"
#include "supervisor/isolation_probe.h"

namespace forkjail::supervisor {

// The zygote's binary in the guest's root, and nsjail's settings beside nsjail.
std::string zygote_path(const Config& config);
std::string nsjail_settings_path(const Config& config);

// Whether the files that a zygote is started with are there. Errors name the flag.
Status find_parts(const Config& config, const JailPlan& plan);

// The directory to bind the guest's root to, in a mount namespace of nsjail's own, where nsjail
// could not reach it as an unprivileged user: one that every Debian has and that nsjail needs
// nothing of. Empty if the root stays where it is.
std::string directory_for_guest_root(const Config& config);

// The program to execute and its arguments. `scratch_base` is as the zygote sees it; empty with
// namespaces.
std::vector<std::string> zygote_command(const Config& config, const JailPlan& plan,
                                        protocol::Flavour flavour, protocol::WarmUp warm_up,
                                        const std::string& scratch_base);

}  // namespace forkjail::supervisor
