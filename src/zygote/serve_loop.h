// The zygote's loop once it is warm: it clones a cell when the supervisor orders one, reaps it when
// it has exited, and reports it. Single-threaded; writes to as little memory as it can, because
// clones do not share the pages that it writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/optional_layers.h"
#include "sandbox/enter_cell.h"
#include "sandbox/seccomp_filter.h"
#include "zygote/python_host.h"

namespace forkjail::zygote {

struct ServeOptions {
  protocol::OptionalLayers layers;
  std::string scratch_base;              // parent of the cells' directories; empty: a tmpfs
  std::vector<sandbox::FileRule> files;  // what Landlock allows every cell
  std::string failing_step;              // passed to every cell; empty: none
  std::string skipped_step;              // passed to every cell; empty: none
};

// Compiled once, attached by each cell to itself.
struct CellFilters {
  sandbox::FilterProgram one_run;
  std::optional<sandbox::SessionFilters> sessions;  // empty: sessions have no keeper
};

// Sends `ready` with `packages` as its text, then serves until the supervisor closes its end. Does
// not return in a cell.
Status serve(PythonHost& host, const CellFilters& filters, const UniqueFd& control,
             const ServeOptions& options);

}  // namespace forkjail::zygote
