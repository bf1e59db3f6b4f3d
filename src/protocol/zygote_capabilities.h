// The capabilities that a zygote without a user namespace keeps: to give each cell its uid and to
// drop everything else in it. The supervisor leaves them in its bounding set, and the zygote keeps
// them when it changes its uid.
#pragma once

#include <linux/capability.h>

#include <array>

namespace forkjail::protocol {

inline constexpr std::array<unsigned, 3> kZygoteCapabilities{CAP_SETUID, CAP_SETGID, CAP_SETPCAP};

}  // namespace forkjail::protocol
