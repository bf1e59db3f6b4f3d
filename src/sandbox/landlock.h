// Landlock (landlock(7)): a process names the files that it will ever open and gives up all others.
// The file-system wall of the fallback level, where there is no mount namespace; beside a chroot
// where that can be had, alone where it cannot.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace forkjail::sandbox {

// The kernel's Landlock ABI, 0 where there is none (gVisor, kernels before 5.13).
int landlock_abi();

enum class FileRight {
  read_and_run,  // read, list, map as code: the guest's runtime
  read_only,     // a device that is not to be written to
  read_write,    // a device
  own,           // everything but devices, sockets and pipes: the cell's scratch
};

struct FileRule {
  std::string path;  // a directory with all below it, or a file
  FileRight right;
};

// cell, with no_new_privs: from here on only these. Needs no privilege. Errors: ENOENT names a
// rule's path, EOPNOTSUPP where the kernel has no Landlock.
Status confine_files(std::span<const FileRule> rules);

// cell, after that: the root directory, which no rule gives, cannot be listed.
Status verify_files_confined();

}  // namespace forkjail::sandbox
