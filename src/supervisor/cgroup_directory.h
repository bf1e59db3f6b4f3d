// A directory of cgroupfs that we made, and operations on such directories, ours or not.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace forkjail::supervisor {

// Removed with its owner. EBUSY (a dying process) is retried for half a second.
class CgroupDirectory {
 public:
  static Result<CgroupDirectory> make(std::string path);
  CgroupDirectory(CgroupDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  CgroupDirectory& operator=(CgroupDirectory&&) = delete;
  ~CgroupDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit CgroupDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: moved from
};

// False when it is still there.
bool remove_cgroup(const std::string& path);

// The names of all groups below `parent`, one level down.
std::vector<std::string> child_cgroups(const std::string& parent);

// The processes of a group that this pid namespace can name.
std::vector<pid_t> processes_in(const std::string& group);

// A process that ended meanwhile is not an error.
Status move_into(const std::string& group, const std::vector<pid_t>& pids);

// "forkjail-PID": the group of this service below a parent, and how a later one finds it.
std::string own_cgroup_name();

// Removes groups named after a supervisor that no longer lives: it was killed before it could.
void sweep_cgroups(const std::string& parent);

}  // namespace forkjail::supervisor
