// The life of a cell, from the instant it was cloned to its exit.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "protocol/walls.h"
#include "sandbox/landlock.h"
#include "sandbox/memory_limit.h"
#include "sandbox/seccomp_filter.h"
#include "zygote/python_host.h"

namespace forkjail::zygote {

// The cell's ends of its pipes, and the files to join its cgroups by. Owned by the zygote; the cell
// has copies.
struct CellDescriptors {
  int request_read;
  int reply_write;
  int stdout_write;
  int stderr_write;
  std::span<const UniqueFd> cgroup_joins;
};

struct CellOptions {
  protocol::Walls walls;
  pid_t zygote;
  uid_t uid;
  std::string scratch_directory;             // absolute, as the cell sees it
  std::span<const sandbox::FileRule> files;  // what Landlock leaves, but for the scratch
  const sandbox::FilterProgram* filter;
  sandbox::MemoryBase zygote_memory;  // about what the cell will have; 0 bytes: not known
  std::string_view failing_step;      // fault injection, empty: none
  std::string_view skipped_step;      // likewise
};

// cell: enters the jail, prepares, parks until its request comes, runs it, replies and exits. What
// it says on the reply pipe is protocol/run_frames.h. Never returns.
[[noreturn]] void cell_main(PythonHost& host, const CellDescriptors& descriptors,
                            const CellOptions& options);

}  // namespace forkjail::zygote
