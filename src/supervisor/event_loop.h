// The supervisor's loop: what is polled, in which order what came is handled, and for how long the
// loop may sleep. It ends the runs of all clients, so nothing that it calls may block.
//
// Supervisor, its only thread.
#pragma once

#include <poll.h>

#include <chrono>
#include <vector>

#include "base/log_output.h"
#include "supervisor/cell_finisher.h"
#include "supervisor/child_reaper.h"
#include "supervisor/fleet.h"
#include "supervisor/keys_file.h"
#include "supervisor/long_runs.h"
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
    KeysFile& keys;
    LongRuns& long_runs;
    ScratchRemovals* removals;  // null where each cell has a tmpfs
  };
  explicit EventLoop(const Parts& parts) : parts_(parts) {}

  // Until the server is gone, or no zygote can ever serve.
  void run();
  // One turn: waits for what comes first, and handles all that has come.
  void turn();

 private:
  // What is done when a descriptor is ready, and to what.
  struct Handler {
    void (EventLoop::*handle)(void* subject);  // null: it only wakes the loop
    void* subject;
  };

  void poll_for(int descriptor, short events, Handler handler);
  void poll_logs();
  void poll_proofs();
  void poll_zygotes();
  void poll_server();
  void poll_awaited_deaths();

  void on_log(void* log);
  void on_proof_readable(void* cell);
  void on_proof_writable(void* cell);
  void on_zygote(void* zygote);
  void on_order(void* none);
  void on_room_for_server(void* none);
  void on_child(void* none);
  void on_hang_up(void* none);

  // Whether this cell, which was polled for, is still under inspection.
  [[nodiscard]] bool is_under_way(const Cell* cell) const;
  [[nodiscard]] std::chrono::milliseconds sleep_time() const;

  Parts parts_;
  std::vector<pollfd> polled_;
  std::vector<Handler> handlers_;  // of the same positions
};

}  // namespace forkjail::supervisor
