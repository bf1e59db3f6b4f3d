// The supervisor's loop: what is polled, in which order what came is handled, and for how long the
// loop may sleep. It ends the runs of all, so nothing that it calls waits for anybody.
//
// Supervisor, its only thread.
#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <vector>

#include "base/log_output.h"
#include "supervisor/cell_finisher.h"
#include "supervisor/child_reaper.h"
#include "supervisor/fleet.h"
#include "supervisor/prover.h"
#include "supervisor/scratch_removals.h"
#include "supervisor/server_channel.h"
#include "supervisor/server_orders.h"
#include "supervisor/watches.h"
#include "supervisor/zygote_channel.h"

namespace forkjail::supervisor {

class EventLoop {
 public:
  // What the loop drives. All outlive it.
  struct Parts {
    LogOutput& log;
    CellTable& cells;
    ServerChannel& server;
    ServerOrders& orders;
    Fleet& fleet;
    Prover& prover;
    ZygoteChannel& zygotes;
    CellFinisher& finisher;
    ChildReaper& children;
    Watches& watches;
    ScratchRemovals* removals;  // null where each cell has a tmpfs
  };
  explicit EventLoop(const Parts& parts) : parts_(parts) {}

  // Until the server is gone, or no zygote can ever serve.
  void run();
  // One turn: waits for what comes first, and handles all that has come.
  void turn();

 private:
  void poll_for(int descriptor, short events, std::function<void()> handler);
  void poll_logs();
  void poll_proofs();
  void poll_zygotes();
  void poll_awaited_deaths();
  [[nodiscard]] std::chrono::milliseconds sleep_time() const;

  Parts parts_;
  std::vector<pollfd> polled_;
  std::vector<std::function<void()>> handlers_;  // of the same positions
};

}  // namespace forkjail::supervisor
