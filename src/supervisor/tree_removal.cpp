#include "supervisor/tree_removal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "supervisor/script_directory.h"

namespace forkjail::supervisor {
namespace {

bool is_refusal(int error) { return error == EACCES || error == EPERM; }

// Root without the capabilities that pass over owners and modes, and an ordinary user whose script
// closed a directory, have to make it their own first.
void claim_open(int directory) {
  if (::fchown(directory, ::geteuid(), static_cast<gid_t>(-1)) != 0) return;
  ::fchmod(directory, S_IRWXU);
}

void claim(int parent, const char* name) {
  const UniqueFd place(::openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  constexpr auto kSameGroup = static_cast<gid_t>(-1);
  if (!place.valid() || ::fchownat(place.get(), "", ::geteuid(), kSameGroup, AT_EMPTY_PATH) != 0) {
    return;
  }
  ::chmod(("/proc/self/fd/" + std::to_string(place.get())).c_str(), S_IRWXU);
}

class TreeRemoval {
 public:
  TreeRemoval(int top, const std::string& name) : top_(top), name_(name) {}

  Status run() {
    last_part_ = last_part_of_earlier_attempts();
    remove_part(name_);
    for (std::uint64_t part = 1; part <= last_part_; ++part) remove_part(name_of_part(part));
    return error_ ? Status(*error_) : ok_status();
  }

 private:
  // A directory that is being emptied; its parent is the level above it, or the top.
  struct Level {
    Directory directory;
    std::string name;
    bool claimed = false;
    bool changed = false;  // something of it went in this pass

    [[nodiscard]] int fd() const { return ::dirfd(directory.get()); }
  };

  [[nodiscard]] std::string name_of_part(std::uint64_t part) const {
    return name_ + "." + std::to_string(part);
  }

  [[nodiscard]] std::uint64_t last_part_of_earlier_attempts() const {
    std::uint64_t last = 0;
    const Directory all = open_script_directory(top_, ".");
    while (const dirent* entry = all ? ::readdir(all.get()) : nullptr) {
      std::string_view found(entry->d_name);
      if (!found.starts_with(name_ + ".")) continue;
      found.remove_prefix(name_.size() + 1);
      std::uint64_t part = 0;
      std::from_chars(found.data(), found.data() + found.size(), part);
      last = std::max(last, part);
    }
    return last;
  }

  void remove_part(const std::string& name) {
    enter(top_, name);
    while (!levels_.empty()) step();
  }

  void enter(int parent, const std::string& name) {
    Directory directory = open_script_directory(parent, name.c_str());
    if (!directory && is_refusal(errno)) {
      claim(parent, name.c_str());
      directory = open_script_directory(parent, name.c_str());
    }
    if (directory) {
      levels_.push_back({std::move(directory), name});
    } else if (errno != ENOENT) {
      fail("open", name);
    }
  }

  // One entry of the deepest level.
  void step() {
    Level& level = levels_.back();
    const dirent* entry = ::readdir(level.directory.get());
    if (entry == nullptr) return leave();
    if (is_dot(entry->d_name)) return;
    const std::string name = entry->d_name;
    if (entry->d_type != DT_DIR) {
      if (unlink_in(level, name)) return;
      if (errno != EISDIR) return fail("unlink", name);  // a file system that tells no types
    }
    if (levels_.size() < kOpenLevelsMax) return enter(level.fd(), name);
    move_up(level, name);
  }

  // Whether it is gone.
  static bool unlink_in(Level& level, const std::string& name) {
    const auto attempt = [&] {
      const bool done = ::unlinkat(level.fd(), name.c_str(), 0) == 0;
      level.changed |= done;
      return done || errno == ENOENT;
    };
    return attempt() || (claim_level(level) && attempt());
  }

  void move_up(Level& level, const std::string& name) {
    const std::string part = name_of_part(last_part_ + 1);
    const auto attempt = [&] {
      return ::renameat(level.fd(), name.c_str(), top_, part.c_str()) == 0;
    };
    bool moved = attempt();
    if (!moved && is_refusal(errno)) {
      claim_open(level.fd());
      claim(level.fd(), name.c_str());  // moving it changes its own ".."
      moved = attempt();
    }
    if (!moved) return errno == ENOENT ? void() : fail("move up", name);
    ++last_part_;
    level.changed = true;
  }

  // After a refusal, once a level.
  static bool claim_level(Level& level) {
    if (!is_refusal(errno) || level.claimed) return false;
    level.claimed = true;
    claim_open(level.fd());
    return true;
  }

  // The deepest level was read to its end.
  void leave() {
    Level done = std::move(levels_.back());
    levels_.pop_back();
    if (remove_directory(done)) return;
    // Some file systems skip entries while others go: once more, as long as that helps.
    if ((errno == ENOTEMPTY || errno == EEXIST) && done.changed) {
      done.changed = false;
      ::rewinddir(done.directory.get());
      levels_.push_back(std::move(done));
      return;
    }
    fail("rmdir", done.name);
  }

  // Whether it is gone.
  bool remove_directory(const Level& done) {
    const int parent = levels_.empty() ? top_ : levels_.back().fd();
    const auto attempt = [&] {
      return ::unlinkat(parent, done.name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT;
    };
    const bool gone = attempt() || (!levels_.empty() && claim_level(levels_.back()) && attempt());
    if (gone && !levels_.empty()) levels_.back().changed = true;
    return gone;
  }

  void fail(std::string_view step, const std::string& name) {
    Error error = errno_error(std::string(step) + " " + name);
    if (!error_) error_ = std::move(error);
  }

  int top_;
  const std::string& name_;
  std::uint64_t last_part_ = 0;
  std::vector<Level> levels_;
  std::optional<Error> error_;
};

}  // namespace

Status remove_tree(int top, const std::string& name) { return TreeRemoval(top, name).run(); }

}  // namespace forkjail::supervisor
