// How a cell is started: a slot, the order to its zygote, its process, and its pipes for the
// server. If it cannot be, the server is told why, once, and asks for another in its place.
//
// Supervisor, in its loop. Keeps nothing: a cell is in the table from the order on.
#pragma once

#include "base/result.h"
#include "base/unix_socket.h"
#include "protocol/zygote_channel.h"
#include "supervisor/answer_watch.h"
#include "supervisor/cell_table.h"
#include "supervisor/fleet.h"
#include "supervisor/memory_watch.h"
#include "supervisor/server_channel.h"
#include "supervisor/zygote_process.h"

namespace forkjail::supervisor {

class CellStarter {
 public:
  // `namespaces`: a pid namespace bounds what a zygote can name.
  CellStarter(bool namespaces, CellTable& cells, Fleet& fleet, ServerChannel& server,
              const MemoryWatch& memory_watch, const AttendedClock& attended)
      : namespaces_(namespaces),
        cells_(cells),
        fleet_(fleet),
        server_(server),
        memory_watch_(memory_watch),
        attended_(attended) {}

  // The server asks for a cell.
  void on_spawn(protocol::Flavour flavour);
  // Takes a slot and orders the clone. Errors: those of CellTable::add and of the control socket.
  Status send_order(ZygoteProcess& zygote, protocol::Flavour flavour, CellUse use);
  // Its zygote cloned it. `packet` has its pidfd.
  void on_cloned(Cell& cell, const protocol::ZygoteMessage& message, Packet& packet);
  // Its clone failed: removes it from the table.
  void on_clone_failed(Cell& cell, const Error& error);
  // It is not awaited any longer. If it is cloned nevertheless, the closed request pipe ends it;
  // its slot is free when it is gone.
  void give_up(Cell& cell, const Error& error);

 private:
  [[nodiscard]] Result<CellProcess> process_of(const ZygoteProcess& zygote,
                                               const protocol::ZygoteMessage& message,
                                               Packet& packet) const;
  void hand_over(Cell& cell);

  bool namespaces_;
  CellTable& cells_;
  Fleet& fleet_;
  ServerChannel& server_;
  const MemoryWatch& memory_watch_;
  const AttendedClock& attended_;
};

}  // namespace forkjail::supervisor
