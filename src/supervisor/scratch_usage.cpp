#include "supervisor/scratch_usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "base/unique_fd.h"

namespace forkjail::supervisor {
namespace {

using protocol::ScratchExcess;

constexpr std::uint64_t kBlockBytes = 512;  // of st_blocks, whatever the file system

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// Of a file with several names each counts for its part.
void count(const struct stat& found, ScratchUsage& usage) {
  const auto names = std::max<std::uint64_t>(found.st_nlink, 1);
  usage.bytes += static_cast<std::uint64_t>(found.st_blocks) * kBlockBytes /
                 (S_ISDIR(found.st_mode) ? 1 : names);
  ++usage.inodes;
}

// Our own uid's, where we are not root: a directory that its owner made unreadable is opened up,
// for files could hide in it. By its descriptor, which cannot become another directory meanwhile.
void open_up(int parent, const char* name) {
  const UniqueFd place(::openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat found{};
  if (!place.valid() || ::fstat(place.get(), &found) != 0 || found.st_uid != ::geteuid()) return;
  const std::string self = "/proc/self/fd/" + std::to_string(place.get());
  ::chmod(self.c_str(), (found.st_mode & 07'777) | S_IRWXU);
}

Directory open_directory(int parent, const char* name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  int fd = ::openat(parent, name, kFlags);
  if (fd < 0 && errno == EACCES && ::geteuid() != 0) {
    open_up(parent, name);
    fd = ::openat(parent, name, kFlags);
  }
  if (fd < 0) return nullptr;
  Directory directory(::fdopendir(fd));
  if (!directory) ::close(fd);
  return directory;
}

bool is_dot(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

// Depth first, with one descriptor a level.
void walk(const std::string& top, ScratchUsage& usage) {
  std::vector<Directory> open;
  if (Directory first = open_directory(AT_FDCWD, top.c_str())) open.push_back(std::move(first));
  while (!open.empty() && usage.excess() == ScratchExcess::none) {
    const int parent = ::dirfd(open.back().get());
    const dirent* entry = ::readdir(open.back().get());
    if (entry == nullptr || parent < 0) {
      open.pop_back();
      continue;
    }
    struct stat found{};
    const char* const name = entry->d_name;
    if (is_dot(name) || ::fstatat(parent, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    count(found, usage);
    if (!S_ISDIR(found.st_mode)) continue;
    if (open.size() == kScratchDepthMax) {
      usage.too_deep = true;
    } else if (Directory below = open_directory(parent, name)) {
      open.push_back(std::move(below));
    }
  }
}

// Files without a name. Seeing another uid's descriptors takes CAP_SYS_PTRACE, which containers
// lack: then there is nothing to be counted here.
void add_deleted(pid_t pid, ScratchUsage& usage) {
  const Directory fds = open_directory(AT_FDCWD, ("/proc/" + std::to_string(pid) + "/fd").c_str());
  if (!fds) return;
  const int at = ::dirfd(fds.get());
  while (const dirent* entry = ::readdir(fds.get())) {
    struct stat found{};
    if (is_dot(entry->d_name) || at < 0 || ::fstatat(at, entry->d_name, &found, 0) != 0) {
      continue;
    }
    if (S_ISREG(found.st_mode) && found.st_nlink == 0) count(found, usage);
  }
}

}  // namespace

ScratchExcess ScratchUsage::excess() const {
  if (bytes > kScratchBytesMax) return ScratchExcess::bytes;
  if (inodes > kScratchInodesMax || too_deep) return ScratchExcess::inodes;
  return ScratchExcess::none;
}

ScratchUsage measure_scratch(const std::string& directory, pid_t pid) {
  ScratchUsage usage;
  walk(directory, usage);
  if (pid > 0) add_deleted(pid, usage);
  return usage;
}

}  // namespace forkjail::supervisor
