// The zygote's whole work once it is warm: clone a cell when the supervisor asks, reap it when it
// is done, say so. Single-threaded; touches as little memory as it can, since each page that it
// writes is one that its clones do not share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/walls.h"
#include "sandbox/landlock.h"
#include "sandbox/seccomp_filter.h"
#include "zygote/python_host.h"

namespace forkjail::zygote {

struct ServeOptions {
  protocol::Walls walls;
  std::string scratch_base;              // directory of the cells' own directories; empty: a tmpfs
  std::vector<sandbox::FileRule> files;  // what Landlock leaves to every cell
  std::string failing_step;              // handed to every cell; empty: none
  std::string skipped_step;              // likewise
};

// Says `ready` with `packages` as its text, then serves until the supervisor closes its end.
// In a cell it does not return.
Status serve(PythonHost& host, const sandbox::FilterProgram& filter, const UniqueFd& control,
             const ServeOptions& options);

}  // namespace forkjail::zygote
