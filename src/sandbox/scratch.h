// The cell's own files: its working directory and /tmp.
//
// With a mount namespace: one tmpfs, limited in bytes and inodes, charged to the cell's cgroup,
// gone with the namespace. Without: a directory of the cell that the supervisor creates and
// removes, limited by RLIMIT_FSIZE per file; zygote/path_redirect.h gives it the same names.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "protocol/scratch_layout.h"

namespace forkjail::sandbox {

using protocol::kWorkingFolder;

// Inside the jail /tmp is a symbolic link to kScratch/tmp.
inline constexpr char kScratch[] = "/scratch";
inline constexpr char kTemporaryDirectory[] = "/scratch/tmp";

struct ScratchLimits {
  std::uint64_t bytes_max;
  std::uint64_t inodes_max;
};

// cell, while it still has CAP_SYS_ADMIN over its mount namespace: mounts the tmpfs, owned by
// `uid`.
Status mount_scratch(uid_t uid, const ScratchLimits& limits);

// cell, as its own uid: creates `directory`/work and `directory`/tmp and changes to the former.
Status enter_scratch(const std::string& directory);

// cell, after all other steps: the scratch is a tmpfs of its own and the root is read-only
// (statfs(2)).
Status verify_scratch();

}  // namespace forkjail::sandbox
