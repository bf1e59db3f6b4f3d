// The supervisor's children, and the orphans that it inherits as a subreaper: waited for as they
// die, and told apart by whose they were.
//
// Supervisor, in its loop. Owns SIGCHLD as a descriptor.
#pragma once

#include <sys/types.h>

#include <chrono>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/cell_finisher.h"
#include "supervisor/cell_table.h"
#include "supervisor/cgroup_cleaner.h"
#include "supervisor/clock.h"
#include "supervisor/fleet.h"
#include "supervisor/scratch_removals.h"
#include "supervisor/server_channel.h"
#include "supervisor/zygote_channel.h"

namespace forkjail::supervisor {

class ChildReaper {
 public:
  // Once, early: blocks SIGCHLD and the signals of a terminal and of an orchestrator, which are the
  // server's (it drains, and the supervisor ends by the end of its socket). The descriptor to read.
  static Result<UniqueFd> block_signals();
  // At the end: reaps what is dead, for so long at most.
  static void reap_rest(std::chrono::milliseconds time_max);

  // `removals`: null where each cell has a tmpfs.
  ChildReaper(UniqueFd signals, Fleet& fleet, CellTable& cells, CellFinisher& finisher,
              ZygoteChannel& zygotes, ServerChannel& server, ScratchRemovals* removals,
              CgroupCleaner& cleaner, Now now)
      : signals_(std::move(signals)),
        fleet_(fleet),
        cells_(cells),
        finisher_(finisher),
        zygotes_(zygotes),
        server_(server),
        removals_(removals),
        cleaner_(cleaner),
        now_(std::move(now)) {}

  [[nodiscard]] int descriptor() const { return signals_.get(); }
  // Reaps all that are dead.
  void on_readable();

 private:
  void on_reaped(pid_t pid, int status);
  [[nodiscard]] bool was_scratch_removal(pid_t pid, int status);

  UniqueFd signals_;
  Fleet& fleet_;
  CellTable& cells_;
  CellFinisher& finisher_;
  ZygoteChannel& zygotes_;
  ServerChannel& server_;
  ScratchRemovals* removals_;
  CgroupCleaner& cleaner_;
  Now now_;
};

}  // namespace forkjail::supervisor
