#include "sandbox/zero_device.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <array>

#include "base/unique_fd.h"

namespace forkjail::sandbox {
namespace {

struct MountFlag {
  unsigned long shown;  // by statvfs(3)
  unsigned long set;    // by mount(2)
};
constexpr std::array kMountFlags{
    MountFlag{ST_RDONLY, MS_RDONLY},     MountFlag{ST_NOSUID, MS_NOSUID},
    MountFlag{ST_NODEV, MS_NODEV},       MountFlag{ST_NOEXEC, MS_NOEXEC},
    MountFlag{ST_NOATIME, MS_NOATIME},   MountFlag{ST_NODIRATIME, MS_NODIRATIME},
    MountFlag{ST_RELATIME, MS_RELATIME},
};

// A remount sets all flags, and may not clear one that was inherited (mount_namespaces(7)).
unsigned long flags_of(const struct statvfs& mounted) {
  unsigned long flags = 0;
  for (const MountFlag& flag : kMountFlags) {
    if ((mounted.f_flag & flag.shown) != 0) flags |= flag.set;
  }
  return flags;
}

}  // namespace

Status close_zero_device() {
  struct statvfs mounted{};
  if (::statvfs(kZeroDevice, &mounted) != 0) return errno_error("statvfs /dev/zero");
  const unsigned long flags = MS_REMOUNT | MS_BIND | MS_NODEV | flags_of(mounted);
  if (::mount(nullptr, kZeroDevice, nullptr, flags, nullptr) != 0) {
    return errno_error("remount /dev/zero without devices");
  }
  const UniqueFd opened(::open(kZeroDevice, O_RDONLY | O_CLOEXEC));
  if (opened.valid()) return Error{"close /dev/zero", 0, "it can still be opened"};
  return ok_status();
}

}  // namespace forkjail::sandbox
