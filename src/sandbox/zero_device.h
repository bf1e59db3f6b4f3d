// /dev/zero gives shared memory to any process that may write to it: no rlimit counts that memory,
// and once its pages are given back (MADV_DONTNEED) it is not resident either. A memory cgroup
// counts it. Without one a cell must not be able to open the device for writing:
//
//   chroot         the node's mode (supervisor/guest_devices.cpp) and Landlock
//   Landlock alone the rule of the device (zygote/main.cpp)
//   namespaces     the node is the host's, with the host's mode: this file prevents any opening
#pragma once

#include "base/result.h"

namespace forkjail::sandbox {

inline constexpr char kZeroDevice[] = "/dev/zero";

// zygote, root of its user namespace, before it clones: adds `nodev` to the mount of the device,
// which all cells copy. Verified: an Error if the device can still be opened.
Status close_zero_device();

}  // namespace forkjail::sandbox
