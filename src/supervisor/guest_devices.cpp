#include "supervisor/guest_devices.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "base/unique_fd.h"

namespace forkjail::supervisor {
namespace {

struct Device {
  std::string_view name;
  unsigned minor;  // of major 1, the memory devices
  mode_t mode;     // of a cell, none of which is the owner
};
// Write access to zero would give shared memory that no rlimit counts (sandbox/zero_device.h).
constexpr std::array kDevices{Device{"null", 3, 0666}, Device{"zero", 5, 0444},
                              Device{"urandom", 9, 0666}};

// Made aside and renamed: where it cannot be made the empty file must stay, because nsjail binds
// over it and a cell's Landlock rules name it.
Status make_device(const std::string& directory, const Device& device) {
  const std::string path = directory + "/" + std::string(device.name);
  const std::string fresh = path + ".new";
  struct stat found{};
  if (::stat(path.c_str(), &found) == 0 && found.st_mode == (S_IFCHR | device.mode)) {
    return ok_status();
  }
  ::unlink(fresh.c_str());
  if (::mknod(fresh.c_str(), S_IFCHR, makedev(1, device.minor)) == 0 &&
      ::chmod(fresh.c_str(), device.mode) == 0 && ::rename(fresh.c_str(), path.c_str()) == 0) {
    return ok_status();
  }
  const Error error = errno_error("make " + path);
  ::unlink(fresh.c_str());
  return error;
}

}  // namespace

Status make_devices(const std::string& guest_root) {
  for (const Device& device : kDevices) {
    if (auto status = make_device(guest_root + "/dev", device); !status) return status;
  }
  // A file system that is mounted nodev takes the nodes and does not open them.
  const std::string null = guest_root + "/dev/null";
  const UniqueFd opened(::open(null.c_str(), O_RDWR | O_CLOEXEC));
  if (!opened.valid()) return errno_error("open " + null);
  return ok_status();
}

}  // namespace forkjail::supervisor
