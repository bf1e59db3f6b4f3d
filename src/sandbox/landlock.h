// Landlock (landlock(7)): a process names the files that it will ever open and loses access to all
// others. The file-system layer of the fallback level, where there is no mount namespace: together
// with chroot if possible, otherwise alone.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace forkjail::sandbox {

// The kernel's Landlock ABI; 0 without Landlock (gVisor, kernels before 5.13).
int landlock_abi();

enum class FileRight {
  read_and_run,  // read, list, map as code: the guest's runtime
  read_only,     // a device that must not be written to
  read_write,    // a device
  own,           // everything except devices, sockets and pipes: the cell's scratch
};

struct FileRule {
  std::string path;  // a directory with everything below it, or a file
  FileRight right;
};

// cell, with no_new_privs: from here on only these files can be opened. Needs no privilege. Errors:
// ENOENT names a rule's path; EOPNOTSUPP if the kernel has no Landlock.
Status confine_files(std::span<const FileRule> rules);

// cell, after that: verifies that the root directory, which no rule grants, cannot be listed.
Status verify_files_confined();

}  // namespace forkjail::sandbox
