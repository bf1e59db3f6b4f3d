#include "sandbox/cgroup_join.h"

#include <unistd.h>

namespace forkjail::sandbox {

Status join_cgroups(std::span<const int> procs_files) {
  for (const int file : procs_files) {
    if (::write(file, "0", 1) != 1) return errno_error("join cgroup");
  }
  return ok_status();
}

}  // namespace forkjail::sandbox
