#include "sandbox/descriptors.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

#include "base/limits.h"

namespace forkjail::sandbox {
namespace {

// The highest descriptor number to check: what RLIMIT_NOFILE allows a cell.
constexpr int kNumbersChecked = static_cast<int>(kCellOpenFilesMax);

// close_range(2) to the end. gVisor takes no ~0U.
constexpr unsigned kLastNumber = 0x7fffffff;

}  // namespace

Status keep_only(std::span<const int> sources) {
  const int count = static_cast<int>(sources.size());
  // First moves all sources above all targets, so that none is overwritten before it was moved.
  std::vector<int> aside;
  for (const int source : sources) {
    const int moved = ::fcntl(source, F_DUPFD_CLOEXEC, count);
    if (moved < 0) return errno_error("move a descriptor aside");
    aside.push_back(moved);
  }
  for (int target = 0; target < count; ++target) {
    if (::dup2(aside[static_cast<std::size_t>(target)], target) < 0) {
      return errno_error("place a descriptor");
    }
  }
  if (::syscall(SYS_close_range, static_cast<unsigned>(count), kLastNumber, 0) != 0) {
    return errno_error("close_range");
  }
  return ok_status();
}

Status verify_descriptors(int count) {
  for (int fd = 0; fd < kNumbersChecked; ++fd) {
    const bool open = ::fcntl(fd, F_GETFD) >= 0;
    if (open != (fd < count)) {
      return Error{"verify descriptors", 0,
                   std::to_string(fd) + (open ? " is open" : " is missing")};
    }
  }
  return ok_status();
}

}  // namespace forkjail::sandbox
