#include "supervisor/zygote_channel.h"

#include <cerrno>

#include "protocol/packets.h"

namespace forkjail::supervisor {

using protocol::ZygoteMessage;
using protocol::ZygoteVerb;

// More than one zygote can owe: two reports for each of its cells.
constexpr int kLastReportsMax = 1'024;

void ZygoteChannel::on_readable(ZygoteProcess& zygote) {
  auto packet = receive_packet(zygote.control());
  if (!packet && packet.error().sys_errno == EAGAIN) return;
  if (!packet || packet->bytes.empty()) {
    return fleet_.on_failed(zygote, Error{"zygote", 0, "the zygote closed its socket"});
  }
  handle(zygote, *packet);
}

void ZygoteChannel::take_last_reports(ZygoteProcess& zygote) {
  for (int i = 0; i < kLastReportsMax && zygote.state != ZygoteState::ended; ++i) {
    auto packet = receive_packet(zygote.control());
    if (!packet || packet->bytes.empty()) return;
    handle(zygote, *packet);
  }
}

void ZygoteChannel::handle(ZygoteProcess& zygote, Packet& packet) {
  auto decoded = protocol::decode_zygote_packet(packet.bytes);
  if (!decoded) return fleet_.on_failed(zygote, decoded.error());
  const ZygoteMessage& message = decoded->message;
  switch (message.verb) {
    case ZygoteVerb::ready:
      return prover_.on_ready(zygote, packet.sender_pid, *std::move(decoded->report));
    case ZygoteVerb::failed:
      return fleet_.on_reported_failure(zygote, message.sys_errno, decoded->text);
    case ZygoteVerb::cloned:
      if (Cell* cell = cell_in_turn(zygote, message.cell, Turn::before_clone)) {
        starter_.on_cloned(*cell, message, packet);
      }
      return;
    case ZygoteVerb::clone_failed:
      if (Cell* cell = cell_in_turn(zygote, message.cell, Turn::before_clone)) {
        starter_.on_clone_failed(*cell, Error{"clone", message.sys_errno, {}});
      }
      return;
    case ZygoteVerb::exited:
      if (Cell* cell = cell_in_turn(zygote, message.cell, Turn::after_clone)) {
        on_exited(*cell, message);
      }
      return;
    case ZygoteVerb::clone:
    case ZygoteVerb::reap:
      return;  // orders, which the decoder refuses from a zygote
  }
}

// A proof cell exits right after its last frame, which poll(2) may have looked for too early: what
// it wrote is read before its exit counts.
void ZygoteChannel::on_exited(Cell& cell, const ZygoteMessage& message) {
  if (prover_.cell_of(*cell.zygote) == &cell) prover_.on_readable(cell);
  finisher_.on_exited(cell, message);
}

// Null for a cell that is not this zygote's (any more). A cell is cloned once, and exits only then.
Cell* ZygoteChannel::cell_in_turn(ZygoteProcess& zygote, protocol::CellId id, Turn turn) {
  Cell* cell = cells_.find(id);
  if (cell == nullptr || cell->zygote != &zygote) return nullptr;
  if (cell->cloned == (turn == Turn::after_clone)) return cell;
  fleet_.on_failed(zygote, Error{"zygote", EPROTO, "an unexpected message"});
  return nullptr;
}

}  // namespace forkjail::supervisor
