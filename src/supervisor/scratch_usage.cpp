#include "supervisor/scratch_usage.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/limits.h"
#include "base/unique_fd.h"
#include "protocol/scratch_layout.h"
#include "supervisor/process_facts.h"

namespace forkjail::supervisor {
namespace {

using protocol::ScratchExcess;

constexpr std::uint64_t kBlockBytes = 512;  // of st_blocks, whatever the file system
// The clock of files moves on with the kernel's timer, every 10 ms at the slowest.
constexpr std::int64_t kSettledAfterNs = 20'000'000;
constexpr std::array<const char*, 3> kOwnDirectories{"", protocol::kWorkingFolder,
                                                     protocol::kTemporaryFiles};

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

bool has_vanished(int error) { return error == ENOENT || error == ENOTDIR || error == ELOOP; }

// False too where that cannot be seen.
bool holds_so_many(const std::string& path, std::size_t expected) {
  const Directory directory = open_script_directory(AT_FDCWD, path.c_str());
  if (!directory) return false;
  std::size_t names = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    if (!is_dot(entry->d_name) && ++names > expected) return false;
  }
  return names == expected;
}

// False if there was no descriptor at all.
bool add_deleted_files_in(const std::string& directory, ScratchUsage& usage) {
  const Directory fds = open_script_directory(AT_FDCWD, directory.c_str());
  bool found_any = false;
  while (const dirent* entry = fds ? ::readdir(fds.get()) : nullptr) {
    if (is_dot(entry->d_name)) continue;
    found_any = true;
    struct stat found{};
    if (::fstatat(::dirfd(fds.get()), entry->d_name, &found, 0) != 0) continue;
    if (S_ISREG(found.st_mode) && found.st_nlink == 0) count(found, usage);
  }
  return found_any;
}

}  // namespace

ScratchExcess ScratchUsage::excess() const {
  if (bytes > kScratchBytesMax) return ScratchExcess::bytes;
  if (inodes > kScratchInodesMax || too_deep) return ScratchExcess::inodes;
  return ScratchExcess::none;
}

ScratchLook::ScratchLook(const std::string& directory, pid_t pid) : pid_(pid) {
  open(AT_FDCWD, directory.c_str());
}

void ScratchLook::open(int parent, const char* name) {
  Directory directory = open_script_directory(parent, name);
  if (!directory && errno == EACCES && ::geteuid() != 0) {
    open_up(parent, name);
    directory = open_script_directory(parent, name);
  }
  if (directory) {
    open_.push_back(std::move(directory));
  } else if (!has_vanished(errno)) {
    usage_.unseen_errno = errno;
  }
}

bool ScratchLook::go_on(std::size_t entries) {
  for (; entries > 0 && !open_.empty() && usage_.excess() == ScratchExcess::none; --entries) {
    look_at_next();
  }
  if (!open_.empty() && usage_.excess() == ScratchExcess::none) return false;
  open_.clear();
  if (const pid_t pid = std::exchange(pid_, 0); pid > 0) add_deleted_files(pid, usage_);
  return true;
}

void ScratchLook::look_at_next() {
  const int parent = ::dirfd(open_.back().get());
  const dirent* entry = ::readdir(open_.back().get());
  if (entry == nullptr || parent < 0) return open_.pop_back();
  struct stat found{};
  const char* const name = entry->d_name;
  if (is_dot(name) || ::fstatat(parent, name, &found, AT_SYMLINK_NOFOLLOW) != 0) return;
  count(found, usage_);
  if (!S_ISDIR(found.st_mode)) return;
  if (open_.size() == kScratchDepthMax) {
    usage_.too_deep = true;
  } else {
    open(parent, name);
  }
}

// Seeing another uid's descriptors takes CAP_SYS_PTRACE, which containers lack: then there is
// nothing to be counted here.
void add_deleted_files(pid_t pid, ScratchUsage& usage) {
  if (add_deleted_files_in("/proc/" + std::to_string(pid) + "/fd", usage)) return;
  if (const auto thread = living_thread_directory(pid))
    add_deleted_files_in(*thread + "/fd", usage);
}

bool ScratchStamp::operator==(const ScratchStamp& other) const {
  return std::ranges::equal(changed, other.changed, [](const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
  });
}

bool ScratchStamp::is_settled() const {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return std::ranges::all_of(changed, [&now](const timespec& time) {
    const std::int64_t seconds = now.tv_sec - time.tv_sec;
    return seconds >= 0 && (seconds > 1 || (seconds * 1'000'000'000) + now.tv_nsec - time.tv_nsec >
                                               kSettledAfterNs);
  });
}

std::optional<ScratchStamp> stamp_of_scratch(const std::string& directory) {
  ScratchStamp stamp{};
  for (std::size_t i = 0; i < kOwnDirectories.size(); ++i) {
    struct stat found{};
    const std::string path = directory + kOwnDirectories.at(i);
    if (::lstat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) return std::nullopt;
    stamp.changed.at(i) = found.st_ctim;
  }
  return stamp;
}

std::optional<ScratchStamp> stamp_of_empty_scratch(const std::string& directory) {
  const auto before = stamp_of_scratch(directory);
  if (!before || !before->is_settled()) return std::nullopt;
  for (std::size_t i = 0; i < kOwnDirectories.size(); ++i) {
    const std::size_t expected = i == 0 ? kOwnDirectories.size() - 1 : 0;
    if (!holds_so_many(directory + kOwnDirectories.at(i), expected)) return std::nullopt;
  }
  return stamp_of_scratch(directory) == before ? before : std::nullopt;
}

}  // namespace forkjail::supervisor
