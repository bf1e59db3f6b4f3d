// What a zygote without a user namespace keeps of root: the right to give each cell its uid and to
// take everything from it. The supervisor leaves these in its bounding set, the zygote keeps them
// when it changes its uid.
#pragma once

#include <linux/capability.h>

#include <array>

namespace forkjail::protocol {

inline constexpr std::array<unsigned, 3> kZygoteCapabilities{CAP_SETUID, CAP_SETGID, CAP_SETPCAP};

}  // namespace forkjail::protocol
