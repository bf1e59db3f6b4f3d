// /dev/zero, which hands out shared memory to who may write to it: no rlimit counts that, and once
// its pages are given back (MADV_DONTNEED) it is not resident either. A memory cgroup counts it.
// Where there is none a cell may not open the device for writing:
//
//   chroot         the node's mode (supervisor/guest_devices.cpp) and Landlock
//   Landlock alone the rule of the device (zygote/main.cpp)
//   namespaces     the node is the host's, with the host's mode: nobody opens it, by this file
#pragma once

#include "base/result.h"

namespace forkjail::sandbox {

inline constexpr char kZeroDevice[] = "/dev/zero";

// zygote, root of its user namespace, before it clones: adds `nodev` to the mount of the device.
// All cells have copies of it. Verified: an Error where it can still be opened.
Status close_zero_device();

}  // namespace forkjail::sandbox
