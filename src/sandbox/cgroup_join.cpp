#include "sandbox/cgroup_join.h"

#include <unistd.h>

namespace forkjail::sandbox {

Status join_cgroups(std::span<const int> join_files) {
  for (const int file : join_files) {
    if (::write(file, "0", 1) != 1) return errno_error("join cgroup");
  }
  return ok_status();
}

}  // namespace forkjail::sandbox
