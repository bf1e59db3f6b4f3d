#include "supervisor/scratch_directories.h"

#include <dirent.h>
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/scratch_layout.h"
#include "supervisor/script_directory.h"
#include "supervisor/tree_removal.h"

namespace forkjail::supervisor {
namespace {

constexpr char kBasesInChroot[] = "/cells";
// In a directory that others use as well.
constexpr std::string_view kPrefixAmongOthers = "forkjail-cells-";
constexpr std::size_t kRandomLetters = 6;  // of mkdtemp(3)

// Where the bases of all services lie, and how they are named there: PREFIX, a pid, a dash, six
// letters.
struct Bases {
  std::string directory;
  std::string_view prefix;
};

std::optional<pid_t> pid_at_start(std::string_view& text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (error != std::errc() || pid <= 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return pid;
}

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Whether a base may be called so. Before bases were locked they were named by the pid alone, and
// in a chroot's place only: there the pid has to be gone.
bool may_be_left_over(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  const auto pid = pid_at_start(name);
  if (!pid) return false;
  if (name.empty()) return prefix.empty() && (::kill(*pid, 0) != 0 && errno == ESRCH);
  return name.size() == kRandomLetters + 1 && name.front() == '-' &&
         std::ranges::all_of(name.substr(1), is_alnum);
}

UniqueFd open_own_directory(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat found{};
  if (!fd.valid() || ::fstat(fd.get(), &found) != 0 || found.st_uid != ::geteuid()) return {};
  return fd;
}

// Bases of services that were killed before they could clean up.
void sweep_leftovers(const Bases& bases, const std::string& own, ScratchRemovals& removals) {
  std::vector<std::string> names;
  const Directory all = open_script_directory(AT_FDCWD, bases.directory.c_str());
  while (const dirent* entry = all ? ::readdir(all.get()) : nullptr) {
    if (may_be_left_over(entry->d_name, bases.prefix)) names.emplace_back(entry->d_name);
  }
  for (const std::string& name : names) {
    const std::string path = bases.directory + "/" + name;
    const UniqueFd base = path == own ? UniqueFd() : open_own_directory(path);
    if (!base.valid() || ::flock(base.get(), LOCK_EX | LOCK_NB) != 0) continue;
    if (auto taken = removals.take_leftover(path); !taken) {
      spdlog::error("remove what an earlier service left: {}", taken.error().to_string());
    }
  }
}

// Locked, and still there: another service that starts may have taken it for a dead one's in
// between. On a file system without locks, bases are never swept.
Result<UniqueFd> make_base(const Bases& bases, mode_t mode, std::string& path) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    path =
        bases.directory + "/" + std::string(bases.prefix) + std::to_string(::getpid()) + "-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return errno_error("make " + path);
    UniqueFd lock = open_own_directory(path);
    if (!lock.valid()) continue;
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) continue;
    struct stat held{};
    struct stat named{};
    if (::fstat(lock.get(), &held) != 0 || ::lstat(path.c_str(), &named) != 0) continue;
    if (held.st_ino != named.st_ino || ::fchmod(lock.get(), mode) != 0) continue;
    return lock;
  }
  return Error{"make " + path, EAGAIN, "others remove it"};
}

// In a child that is not awaited: the service is ending.
void remove_in_child(const std::string& base) {
  if (::fork() != 0) return;
  ::syscall(SYS_close_range, STDERR_FILENO + 1, 0x7fffffff, 0);
  const Directory all = open_script_directory(AT_FDCWD, base.c_str());
  std::vector<std::string> names;
  while (const dirent* entry = all ? ::readdir(all.get()) : nullptr) {
    if (!is_dot(entry->d_name)) names.emplace_back(entry->d_name);
  }
  for (const std::string& name : names) (void)remove_tree(::dirfd(all.get()), name);
  ::_exit(::rmdir(base.c_str()) == 0 ? 0 : 1);
}

Status make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0) return errno_error("mkdir " + path);
  return ok_status();
}

}  // namespace

Result<std::unique_ptr<ScratchDirectories>> ScratchDirectories::make(const Config& config,
                                                                     JailKind kind) {
  const bool chroot = kind == JailKind::chroot;
  const Bases bases = chroot ? Bases{config.guest_root + kBasesInChroot, {}}
                             : Bases{config.scratch_directory, kPrefixAmongOthers};
  if (chroot && ::mkdir(bases.directory.c_str(), 0711) != 0 && errno != EEXIST) {
    return errno_error("mkdir " + bases.directory);
  }
  std::string base;
  auto lock = make_base(bases, chroot ? 0711 : 0700, base);
  if (!lock) return lock.error();
  auto removals = ScratchRemovals::make(base, config.cells_max, remove_tree);
  if (!removals) return removals.error();
  sweep_leftovers(bases, base, **removals);
  const std::string seen = chroot ? base.substr(config.guest_root.size()) : base;
  return std::unique_ptr<ScratchDirectories>(
      new ScratchDirectories(base, seen, *std::move(lock), *std::move(removals)));
}

std::string ScratchDirectories::directory_of(uid_t uid) const {
  return base_ + "/" + std::to_string(uid);
}

ScratchDirectories::~ScratchDirectories() { remove_in_child(base_); }

Status ScratchDirectories::add(uid_t uid, bool chown) const {
  const std::string path = directory_of(uid);
  if (auto made = make_directory(path, 0700); !made) return made;
  if (!chown || ::chown(path.c_str(), uid, uid) == 0) return ok_status();
  const Error error = errno_error("chown " + path);
  ::rmdir(path.c_str());
  return error;
}

// As most runs leave it: with the two directories that every cell makes. No child is needed then.
bool ScratchDirectories::remove_if_empty(uid_t uid) const {
  const std::string path = directory_of(uid);
  for (const char* below : {protocol::kWorkingFolder, protocol::kTemporaryFiles, ""}) {
    if (::rmdir((path + below).c_str()) != 0 && errno != ENOENT) return false;
  }
  return true;
}

Status ScratchDirectories::remove(uid_t uid) {
  if (remove_if_empty(uid)) return ok_status();
  return removals_->take(directory_of(uid));
}

}  // namespace forkjail::supervisor
