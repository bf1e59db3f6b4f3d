#include "supervisor/preload_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace forkjail::supervisor {

PreloadDirectory::PreloadDirectory(PreloadDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

PreloadDirectory& PreloadDirectory::operator=(PreloadDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

Status PreloadDirectory::make(uid_t owner) const {
  if (path_.empty()) return ok_status();
  if (::mkdir(path_.c_str(), 0700) != 0) return errno_error("mkdir " + path_);
  if (owner != 0 && ::chown(path_.c_str(), owner, owner) != 0) return errno_error("chown " + path_);
  return ok_status();
}

void PreloadDirectory::remove() {
  if (path_.empty()) return;
  std::error_code ignored;  // what stays goes with the directory that it is in
  std::filesystem::remove_all(std::exchange(path_, {}), ignored);
}

}  // namespace forkjail::supervisor
