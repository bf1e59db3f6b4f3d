// What zygotes report on their control sockets (protocol/zygote_channel.h): received, decoded, held
// against the turn it may come in, and passed on to the part that handles it. Orders to a zygote
// are sent by ZygoteProcess itself.
//
// Supervisor, in its loop. A zygote has cloned what runs scripts, so a packet that is malformed or
// out of turn ends it.
#pragma once

#include "base/unix_socket.h"
#include "protocol/supervisor_channel.h"
#include "protocol/zygote_channel.h"
#include "supervisor/cell_finisher.h"
#include "supervisor/cell_starter.h"
#include "supervisor/cell_table.h"
#include "supervisor/fleet.h"
#include "supervisor/prover.h"
#include "supervisor/zygote_process.h"

namespace forkjail::supervisor {

class ZygoteChannel {
 public:
  ZygoteChannel(CellTable& cells, Fleet& fleet, Prover& prover, CellStarter& starter,
                CellFinisher& finisher)
      : cells_(cells), fleet_(fleet), prover_(prover), starter_(starter), finisher_(finisher) {}

  // Takes one packet, if one is there.
  void on_readable(ZygoteProcess& zygote);
  // Takes what a zygote that was reaped still reported before it died: poll(2) may have looked at
  // its socket before that and at its death after it.
  void take_last_reports(ZygoteProcess& zygote);

 private:
  void handle(ZygoteProcess& zygote, Packet& packet);
  void on_exited(Cell& cell, const protocol::ZygoteMessage& message);

  enum class Turn { before_clone, after_clone };
  [[nodiscard]] Cell* cell_in_turn(ZygoteProcess& zygote, protocol::CellId id, Turn turn);

  CellTable& cells_;
  Fleet& fleet_;
  Prover& prover_;
  CellStarter& starter_;
  CellFinisher& finisher_;
};

}  // namespace forkjail::supervisor
