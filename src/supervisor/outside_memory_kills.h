// Whether the kernel killed for memory in the service's own control group: the evidence that a cell
// without a group of its own was killed for lack of memory around the service. A cell's own group
// counts its kills itself (cgroups.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace forkjail::supervisor {

class OutsideMemoryKills {
 public:
  // Of this process. Where no group can be read, no kill is ever seen.
  static OutsideMemoryKills of_own_group();
  // The same from the texts of /proc/self/mountinfo and /proc/self/cgroup; `root` is put before
  // every path that they name (a tree made for a test).
  OutsideMemoryKills(std::string_view mountinfo, std::string_view cgroup,
                     const std::string& root = {});

  // Whether there were any since the last look.
  [[nodiscard]] bool look();

 private:
  std::string file_;  // empty: there is no such file
  std::uint64_t seen_ = 0;
};

}  // namespace forkjail::supervisor
