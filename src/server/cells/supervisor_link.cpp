#include "server/cells/supervisor_link.h"

#include "protocol/packets.h"
#include "protocol/wire.h"

namespace forkjail::server {
namespace {

using protocol::ServerMessage;
using protocol::ServerVerb;
using protocol::SupervisorMessage;
using protocol::SupervisorVerb;

CellEnd cell_end(const SupervisorMessage& message) {
  return {.wait_status = message.wait_status,
          .status_known = message.status_known != 0,
          .cpu_time = std::chrono::microseconds(message.cpu_time_us),
          .memory_peak_bytes = message.memory_peak_bytes,
          .memory_kill = message.memory_kill,
          .scratch_excess = message.scratch_excess};
}

}  // namespace

SupervisorLink::SupervisorLink(const Executor& executor, UniqueFd socket)
    : socket_(executor, socket.release()) {}

void SupervisorLink::listen(SupervisorEvents& events) {
  events_ = &events;
  await_packets();
}

void SupervisorLink::spawn(protocol::Flavour flavour) {
  send({.verb = ServerVerb::spawn, .flavour = flavour});
}
void SupervisorLink::offer(protocol::Flavour flavour) {
  send({.verb = ServerVerb::offer, .flavour = flavour});
}
void SupervisorLink::withdraw(protocol::Flavour flavour) {
  send({.verb = ServerVerb::withdraw, .flavour = flavour});
}
void SupervisorLink::end(protocol::CellId cell) { send({.verb = ServerVerb::end, .cell = cell}); }
void SupervisorLink::limit_memory(protocol::CellId cell, std::uint64_t bytes) {
  send({.verb = ServerVerb::limit_memory, .cell = cell, .value = bytes});
}

void SupervisorLink::measure_memory(protocol::CellId cell) {
  send({.verb = ServerVerb::measure_memory, .cell = cell});
}

void SupervisorLink::run_lasts(protocol::CellId cell) {
  send({.verb = ServerVerb::run_lasts, .cell = cell});
}

void SupervisorLink::run_waits(protocol::CellId cell) {
  send({.verb = ServerVerb::run_waits, .cell = cell});
}

void SupervisorLink::long_run_over(protocol::CellId cell) {
  send({.verb = ServerVerb::long_run_over, .cell = cell});
}

void SupervisorLink::open_keys() { send({.verb = ServerVerb::open_keys}); }

void SupervisorLink::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void SupervisorLink::await_packets() {
  socket_.async_wait(Descriptor::wait_read, [this](const boost::system::error_code& ec) {
    if (!ec) receive_packets();
  });
}

void SupervisorLink::receive_packets() {
  while (socket_.is_open()) {
    auto packet = receive_packet(socket_.native_handle());
    if (!packet) {
      if (packet.error().sys_errno == EAGAIN) return await_packets();
      return lose(packet.error());
    }
    if (packet->bytes.empty()) return lose(Error{"supervisor", 0, "it closed its socket"});
    take_packet(*std::move(packet));
  }
}

void SupervisorLink::take_packet(Packet packet) {
  auto decoded = protocol::decode_supervisor_packet(packet.bytes);
  if (!decoded) return lose(Error{"supervisor", EPROTO, decoded.error().detail});
  const SupervisorMessage& message = decoded->message;
  switch (message.verb) {
    case SupervisorVerb::zygote_ready:
      return events_->on_zygote_ready(message.flavour, *std::move(decoded->report));
    case SupervisorVerb::zygote_failed:
      return events_->on_zygote_failed(message.flavour, decoded->text);
    case SupervisorVerb::spare_zygote_failed:
      return events_->on_spare_zygote_failed(message.flavour, decoded->text);
    case SupervisorVerb::cannot_serve:
      return events_->on_cannot_serve(decoded->text);
    case SupervisorVerb::cell_started: {
      if (packet.fds_lost) return drop_cell(message.flavour, message.cell);
      if (packet.fds.size() != protocol::kCellFdCount) {
        return lose(Error{"supervisor", EPROTO, "a cell without its descriptors"});
      }
      CellPipeFds fds{std::move(packet.fds[protocol::kRequestWrite]),
                      std::move(packet.fds[protocol::kReplyRead]),
                      std::move(packet.fds[protocol::kStdoutRead]),
                      std::move(packet.fds[protocol::kStderrRead])};
      return events_->on_cell_started(message.flavour, message.cell, message.pid, std::move(fds));
    }
    case SupervisorVerb::spawn_failed:
      return events_->on_spawn_failed(message.flavour,
                                      Error{"start a cell", message.sys_errno, decoded->text});
    case SupervisorVerb::cell_ended:
      return events_->on_cell_ended(message.cell, cell_end(message));
    case SupervisorVerb::memory_limited:
      return events_->on_memory_limited(message.cell, message.sys_errno);
    case SupervisorVerb::memory_measured:
      return events_->on_memory_measured(message.cell, {.bytes = message.memory_bytes,
                                                        .peak_since = message.memory_peak_bytes,
                                                        .kill_since = message.memory_kill});
    case SupervisorVerb::removal_failed:
      return events_->on_removal_failed();
    case SupervisorVerb::keys_opened:
      return take_keys(message.sys_errno, std::move(packet));
  }
}

// EAGAIN: there was no room for the file behind other messages, which have been read by now.
void SupervisorLink::take_keys(int sys_errno, Packet packet) {
  if (sys_errno == EAGAIN) return open_keys();
  if (!keys_taker_) return;
  if (sys_errno == 0 && packet.fds.size() == 1) return keys_taker_(std::move(packet.fds.front()));
  keys_taker_(Error{"open the keys", sys_errno == 0 ? EMFILE : sys_errno, {}});
}

// Its pipes did not arrive, since this process may open no more descriptors. That costs this one
// cell.
void SupervisorLink::drop_cell(protocol::Flavour flavour, protocol::CellId cell) {
  end(cell);
  events_->on_spawn_failed(flavour, Error{"receive the pipes of a cell", EMFILE, {}});
}

void SupervisorLink::send(const ServerMessage& message) {
  if (!socket_.is_open()) return;
  unsent_.push_back(message);
  if (!flushing_) flush();
}

void SupervisorLink::flush() {
  flushing_ = false;
  while (!unsent_.empty()) {
    const auto sent = send_packet(socket_.native_handle(), protocol::as_wire(unsent_.front()));
    if (sent) {
      unsent_.pop_front();
      continue;
    }
    // Anything but a full socket means that the peer is gone, which the reading side reports.
    if (sent.error().sys_errno != EAGAIN) return unsent_.clear();
    flushing_ = true;
    socket_.async_wait(Descriptor::wait_write, [this](const boost::system::error_code& ec) {
      if (!ec) flush();
    });
    return;
  }
}

void SupervisorLink::lose(const Error& error) {
  close();
  events_->on_supervisor_lost(error);
}

}  // namespace forkjail::server
