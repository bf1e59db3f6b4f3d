#include "supervisor/cell_starter.h"

#include <vector>

#include "protocol/supervisor_channel.h"
#include "supervisor/oom_score.h"
#include "supervisor/process_facts.h"
#include "supervisor/proof_pipes.h"

namespace forkjail::supervisor {

using protocol::Flavour;
using protocol::SupervisorMessage;
using protocol::SupervisorVerb;
using protocol::ZygoteMessage;

void CellStarter::on_spawn(Flavour flavour) {
  ZygoteProcess* zygote = fleet_.cloning(flavour);
  if (zygote == nullptr) {
    return server_.send_spawn_failed(flavour, Error{"spawn", EAGAIN, "no zygote is ready"});
  }
  const CellUse use = protocol::is_session(flavour) ? CellUse::session : CellUse::run;
  if (auto status = send_order(*zygote, flavour, use); !status) {
    server_.send_spawn_failed(flavour, status.error());
  }
}

Status CellStarter::send_order(ZygoteProcess& zygote, Flavour flavour, CellUse use) {
  auto added = cells_.add(zygote, flavour, use);
  if (!added) return added.error();
  Cell& cell = **added;
  cell.answer.start(attended_.passed());
  Status status = ok_status();
  if (cell.proof) status = make_proof_pipes_nonblocking(cell.request, cell.reply);
  if (status) status = zygote.send_clone(cell, cells_.join_files(cell));
  if (!status) (void)cells_.remove(cell);
  return status;
}

void CellStarter::on_clone_failed(Cell& cell, const Error& error) {
  ZygoteProcess& zygote = *cell.zygote;
  const bool server_waits = !cell.proof && !cell.given_up;
  const bool for_proof = cell.proof.has_value();
  const Flavour flavour = cell.flavour;
  (void)cells_.remove(cell);
  if (server_waits) server_.send_spawn_failed(flavour, error);
  if (for_proof) fleet_.on_failed(zygote, error);
  fleet_.end_if_done(zygote);  // a retired one whose last order this was
}

void CellStarter::give_up(Cell& cell, const Error& error) {
  if (cell.given_up) return;
  cell.given_up = true;
  cell.close_pipes();
  if (cell.proof) return fleet_.on_failed(*cell.zygote, error);
  server_.send_spawn_failed(cell.flavour, error);
}

// The process that a zygote says it has cloned. The supervisor kills with its own rights what is
// named here, so where its pid namespace does not bound what a zygote can name, it must be the
// zygote's own child. Errors: EPROTO when it named something else; EMFILE when there are no
// descriptors left to look at it.
Result<CellProcess> CellStarter::process_of(const ZygoteProcess& zygote,
                                            const ZygoteMessage& message, Packet& packet) const {
  const Error no_child{"cloned", EPROTO, "not a child of the zygote"};
  const Error no_descriptor{"look at a new cell", EMFILE, {}};
  if (packet.fds_lost) return no_descriptor;
  CellProcess process;
  if (packet.fds.size() == 1) {
    process = CellProcess::by_descriptor(std::move(packet.fds.front()));
  } else if (!namespaces_ && message.pid > 0) {
    process = CellProcess::by_number(static_cast<pid_t>(message.pid));
  } else {
    return no_child;
  }
  // A process that is gone and was reaped has no number and no parent, and needs no kill.
  if (process.pid() == 0 && !process.is_dead()) return no_descriptor;
  if (process.pid() == 0 || namespaces_) return process;
  const auto parent = parent_of(process.pid());
  if (!parent && !process.is_dead()) return no_descriptor;
  if (parent && *parent != zygote.zygote_pid()) return no_child;
  return process;
}

void CellStarter::on_cloned(Cell& cell, const ZygoteMessage& message, Packet& packet) {
  cell.cloned = true;
  auto process = process_of(*cell.zygote, message, packet);
  if (!process && process.error().sys_errno == EPROTO) {
    return fleet_.on_failed(*cell.zygote, process.error());
  }
  if (!process) return give_up(cell, process.error());
  cell.process = *std::move(process);
  // A keeper goes last: the states follow (server_orders.cpp).
  if (!cell.has_keeper) set_highest_oom_score(cell.process.pid());
  if (cell.given_up) return cell.process.kill();  // its zygote answered too late
  if (!cells_.peak_is_counted(cell)) memory_watch_.begin(cell);
  if (!cell.proof) hand_over(cell);
}

// Its pipes go to the server.
void CellStarter::hand_over(Cell& cell) {
  std::vector<int> fds(protocol::kCellFdCount);
  fds[protocol::kRequestWrite] = cell.request.write_end.get();
  fds[protocol::kReplyRead] = cell.reply.read_end.get();
  fds[protocol::kStdoutRead] = cell.stdout_pipe.read_end.get();
  fds[protocol::kStderrRead] = cell.stderr_pipe.read_end.get();
  const SupervisorMessage started{.verb = SupervisorVerb::cell_started,
                                  .cell = cell.id,
                                  .pid = cell.has_keeper ? 0 : cell.process.pid(),
                                  .flavour = cell.flavour};
  if (const auto sent = server_.send_cell(started, fds); !sent) {
    cell.process.kill();
    return give_up(cell, sent.error());
  }
  cell.close_pipes();
}

}  // namespace forkjail::supervisor
