// What the server orders (protocol/supervisor_channel.h), passed on to the part that does it.
// Supervisor, in its loop.
#pragma once

#include "protocol/supervisor_channel.h"
#include "supervisor/cell_starter.h"
#include "supervisor/cell_table.h"
#include "supervisor/fleet.h"
#include "supervisor/keys_file.h"
#include "supervisor/long_runs.h"
#include "supervisor/server_channel.h"

namespace forkjail::supervisor {

class ServerOrders {
 public:
  ServerOrders(ServerChannel& server, CellTable& cells, Fleet& fleet, CellStarter& starter,
               KeysFile& keys, LongRuns& long_runs)
      : server_(server),
        cells_(cells),
        fleet_(fleet),
        starter_(starter),
        keys_(keys),
        long_runs_(long_runs) {}

  // Takes one message.
  void on_readable();

 private:
  void on_end(protocol::CellId id);
  void on_limit_memory(protocol::CellId id, std::uint64_t bytes);
  void on_measure_memory(protocol::CellId id);

  ServerChannel& server_;
  CellTable& cells_;
  Fleet& fleet_;
  CellStarter& starter_;
  KeysFile& keys_;
  LongRuns& long_runs_;
};

}  // namespace forkjail::supervisor
