// Landlock (landlock(7)): a process names what it will ever open and loses access to all else. The
// file-system layer of a cell without a mount namespace, where some files are allowed; and the
// server's, to which nothing is. Needs no privilege, but no_new_privs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forkjail::confine {

// The kernel's Landlock ABI; 0 without Landlock (gVisor, kernels before 5.13), errno says why.
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

// From here on only these files can be opened. Errors: ENOENT names a rule's path; EOPNOTSUPP if
// the kernel has no Landlock.
Status confine_files(std::span<const FileRule> rules);

// From here on no file can be opened, no TCP port bound or connected to, no process outside
// signalled. Returns what this kernel's ABI does not cover. Errors: as above.
Result<std::vector<std::string_view>> deny_everything();

// After either: the root directory, which nothing grants, cannot be listed.
Status verify_files_confined();

}  // namespace forkjail::confine
