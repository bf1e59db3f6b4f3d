// Groups of finished cells whose kernel memory would outlive them: emptied, then removed.
//
// Each name that a script looks up and that does not exist stays in the kernel's cache, 450 bytes
// of it, charged to the cell's group. Removing the group hands that on to the group above, where
// nothing frees it until the machine is short of memory; a script makes 17 MB of it in 0.3 s.
// Writing to the group's file frees it in an eighth of that time, during which the writer blocks:
// child processes do it, a few at once, and nothing waits for them. Their priority is not below a
// cell's, or many cells would make more than they free. The queue is bounded: beyond that, groups
// are removed as they are.
//
// Supervisor, its only thread. Owns the groups that it was given until they are removed.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "supervisor/cgroup_directory.h"

namespace forkjail::supervisor {

class CgroupCleaner {
 public:
  static constexpr std::size_t kAtOnceMax = 4;
  static constexpr std::size_t kWaitingMax = 64;

  CgroupCleaner() = default;
  CgroupCleaner(const CgroupCleaner&) = delete;
  CgroupCleaner& operator=(const CgroupCleaner&) = delete;
  ~CgroupCleaner() { stop(); }

  // `emptying_file`: of the first directory; "0" written there empties it.
  void take(std::string emptying_file, std::vector<CgroupDirectory> directories);
  // A child of this process was reaped, perhaps one of ours.
  void reaped(pid_t pid);

  // Ends its children, and removes what is left, emptied or not. Before anything else reaps
  // children of this process at its end: a number that was reaped may be another process's.
  void stop();

  [[nodiscard]] std::size_t held() const { return waiting_.size() + being_emptied_.size(); }

 private:
  struct Group {
    std::string emptying_file;
    std::vector<CgroupDirectory> directories;
  };
  void begin_next();

  std::deque<Group> waiting_;
  std::map<pid_t, Group> being_emptied_;  // by the child that does it
};

}  // namespace forkjail::supervisor
