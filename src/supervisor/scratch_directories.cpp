#include "supervisor/scratch_directories.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <system_error>

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;

constexpr char kBasesInChroot[] = "/cells";  // one base a service, named after its supervisor

// Directories that a script made unreadable are opened up as they are met: without privilege their
// owner, who we are, cannot list them otherwise. The cell is dead, so nothing changes under us.
void open_up(const fs::path& directory) {
  std::error_code ignored;
  fs::permissions(directory, fs::perms::owner_all, fs::perm_options::add, ignored);
  for (fs::directory_iterator entry(directory, ignored), end; entry != end && !ignored;
       entry.increment(ignored)) {
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) open_up(entry->path());
  }
}

// libstdc++ removes by openat(2) and unlinkat(2) with O_NOFOLLOW.
Status remove_tree(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error && ::geteuid() != 0) {
    open_up(path);
    fs::remove_all(path, error);
  }
  if (error) return Error{"remove " + path, error.value(), {}};
  return ok_status();
}

// Bases of supervisors that were killed before they could clean up. In a container a new one may
// have its predecessor's pid, hence "or our own".
void sweep_leftovers(const std::string& bases) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(bases, ignored)) {
    pid_t owner = 0;
    const std::string name = entry.path().filename();
    std::from_chars(name.data(), name.data() + name.size(), owner);
    if (owner <= 0) continue;
    const bool gone = ::kill(owner, 0) != 0 && errno == ESRCH;
    if (gone || owner == ::getpid()) (void)remove_tree(entry.path());
  }
}

// In a child, so that nobody waits for it, at the least priority. A name that cannot be cleared is
// swept by the next service (sweep_leftovers()).
Status remove_tree_in_child(const std::string& path) {
  const pid_t pid = ::fork();
  if (pid < 0) return errno_error("fork");
  if (pid > 0) return ok_status();
  ::setpriority(PRIO_PROCESS, 0, 19);
  ::_exit(remove_tree(path).ok() ? 0 : 1);
}

Status make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0) return errno_error("mkdir " + path);
  return ok_status();
}

}  // namespace

Result<std::unique_ptr<ScratchDirectories>> ScratchDirectories::make(const Config& config,
                                                                     JailKind kind) {
  std::string base;
  std::string seen;
  if (kind == JailKind::chroot) {
    const std::string bases = config.guest_root + kBasesInChroot;
    if (::mkdir(bases.c_str(), 0711) != 0 && errno != EEXIST) return errno_error("mkdir " + bases);
    sweep_leftovers(bases);
    seen = std::string(kBasesInChroot) + "/" + std::to_string(::getpid());
    base = config.guest_root + seen;
    if (auto made = make_directory(base, 0711); !made) return made.error();
  } else {
    base = config.scratch_directory + "/forkjail-XXXXXX";
    if (::mkdtemp(base.data()) == nullptr) return errno_error("make " + base);
    seen = base;
  }
  return std::unique_ptr<ScratchDirectories>(new ScratchDirectories(base, seen));
}

std::string ScratchDirectories::directory_of(uid_t uid) const {
  return base_ + "/" + std::to_string(uid);
}

ScratchDirectories::~ScratchDirectories() { (void)remove_tree_in_child(base_); }

Status ScratchDirectories::add(uid_t uid, bool chown) const {
  const std::string path = directory_of(uid);
  if (auto made = make_directory(path, 0700); !made) return made;
  if (chown && ::chown(path.c_str(), uid, uid) != 0) return errno_error("chown " + path);
  return ok_status();
}

Status ScratchDirectories::remove(uid_t uid) {
  const std::string waiting = base_ + "/removed-" + std::to_string(++removed_);
  if (::rename(directory_of(uid).c_str(), waiting.c_str()) != 0) {
    return errno_error("rename the scratch of " + std::to_string(uid));
  }
  return remove_tree_in_child(waiting);
}

}  // namespace forkjail::supervisor
