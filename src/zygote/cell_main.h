// The life of a cell, from its clone to its exit.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "protocol/optional_layers.h"
#include "sandbox/enter_cell.h"
#include "sandbox/memory_limit.h"
#include "sandbox/seccomp_filter.h"
#include "zygote/python_host.h"

namespace forkjail::zygote {

// The cell's ends of its pipes, and the files through which it joins its cgroups. Owned by the
// zygote; the cell has copies.
struct CellDescriptors {
  int request_read;
  int reply_write;
  int stdout_write;
  int stderr_write;
  std::span<const UniqueFd> cgroup_joins;
};

struct CellOptions {
  protocol::OptionalLayers layers;
  pid_t zygote;
  uid_t uid;
  std::string scratch_directory;             // absolute, as the cell sees it
  std::span<const sandbox::FileRule> files;  // what Landlock allows, besides the scratch
  const sandbox::FilterProgram* filter;
  const sandbox::SessionFilters* session_filters;  // null: a session is one process
  std::uint64_t session_memory_bytes;              // of each process; 0: a cell for one run
  sandbox::MemoryBase zygote_memory;               // a guess for the cell's; 0 bytes: unknown
  std::string_view failing_step;                   // fault injection, empty: none
  std::string_view skipped_step;                   // this step is left out; empty: none
};

// cell: sets up its isolation, prepares Python, parks until its request comes, runs it, replies and
// exits. A session's cell serves requests until its keeper ends (zygote/keeper/keeper.h)
// or, without one, the server closes the pipe (zygote/session_process.h).
// protocol/run_frames.h describes what it sends on the reply pipe. Never returns.
[[noreturn]] void cell_main(PythonHost& host, const CellDescriptors& descriptors,
                            const CellOptions& options);

}  // namespace forkjail::zygote
