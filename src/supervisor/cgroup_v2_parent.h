// Where in a version 2 hierarchy groups with the memory and pids controllers can be made.
//
// A group hands controllers down to its children only while no process is in it (cgroup-v2.rst, "No
// Internal Process Constraint"). A service that systemd delegates a group to, or that is alone in a
// container, stands in just the group that it may use: so it first moves aside, into a child.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "supervisor/cgroup_directory.h"
#include "supervisor/cgroup_mounts.h"

namespace forkjail::supervisor {

class CgroupV2Parent {
 public:
  // `named`: the group to use (--cgroup-parent). Empty: our own where we may make it hand the
  // controllers down, else the nearest above it that does. `ours`: the processes that may be moved
  // aside; at the root of a container all that are there are moved.
  // Errors: one line that says what is missing and what would give it.
  static Result<CgroupV2Parent> find(const std::string& named, const std::optional<V2Place>& place,
                                     const std::vector<pid_t>& ours);
  CgroupV2Parent(CgroupV2Parent&&) noexcept = default;
  CgroupV2Parent& operator=(CgroupV2Parent&&) = delete;
  // Leaves the group as it was found: our groups in it must be gone by then.
  ~CgroupV2Parent();

  [[nodiscard]] const std::string& path() const { return path_; }

  // Has the controller of the processor handed down, too, and gives what was moved aside this
  // weight; all other groups have 100. Errors: nothing was moved aside, or the kernel's.
  Status weigh_aside(std::string_view weight);
  void weigh_aside_no_more();

 private:
  explicit CgroupV2Parent(std::string path) : path_(std::move(path)) {}
  Status move_aside(const std::vector<pid_t>& pids);
  void move_back();

  std::string path_;
  std::optional<CgroupDirectory> aside_;  // where the processes of path_ are meanwhile
};

}  // namespace forkjail::supervisor
