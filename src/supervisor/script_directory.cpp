#include "supervisor/script_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace forkjail::supervisor {

Directory open_script_directory(int parent, const char* name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  int fd = ::openat(parent, name, kFlags | O_NOATIME);
  // EPERM: neither its owner nor CAP_FOWNER.
  if (fd < 0 && errno == EPERM) fd = ::openat(parent, name, kFlags);
  if (fd < 0) return nullptr;
  Directory directory(::fdopendir(fd));
  if (!directory) ::close(fd);
  return directory;
}

bool is_dot(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

}  // namespace forkjail::supervisor
