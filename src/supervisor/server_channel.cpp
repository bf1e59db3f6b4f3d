#include "supervisor/server_channel.h"

#include <spdlog/spdlog.h>

#include "base/unix_socket.h"
#include "protocol/packets.h"
#include "protocol/wire.h"

namespace forkjail::supervisor {

using protocol::SupervisorMessage;
using protocol::SupervisorVerb;

void ServerChannel::send(const SupervisorMessage& message, std::string_view text) {
  std::vector<std::byte> packet = protocol::with_text(message, text);
  if (unsent_.empty() && try_to_send(packet)) return;
  if (open_) unsent_.push_back(std::move(packet));
  if (unsent_.size() > kUnsentMax) {
    spdlog::critical("the server does not read its messages");
    open_ = false;
  }
}

bool ServerChannel::try_to_send(std::span<const std::byte> packet) {
  const auto sent = send_packet(socket_.get(), packet, {}, WhenFull::fail);
  has_sent_ = has_sent_ || sent.ok();
  if (sent) return true;
  if (sent.error().sys_errno != EAGAIN) open_ = false;
  return false;
}

void ServerChannel::send_rest() {
  while (!unsent_.empty() && try_to_send(unsent_.front())) unsent_.pop_front();
}

Status ServerChannel::send_cell(const SupervisorMessage& message, std::span<const int> fds) {
  if (has_unsent()) return Error{"send a cell", EAGAIN, {}};  // it would overtake them
  const auto sent = send_packet(socket_.get(), protocol::as_wire(message), fds, WhenFull::fail);
  has_sent_ = has_sent_ || sent.ok();
  if (sent) return ok_status();
  if (!peer_is_gone(sent.error())) return sent.error();
  open_ = false;
  return ok_status();
}

void ServerChannel::send_spawn_failed(protocol::Flavour flavour, const Error& error) {
  send({.verb = SupervisorVerb::spawn_failed, .sys_errno = error.sys_errno, .flavour = flavour},
       error.to_string());
}

std::optional<protocol::ServerMessage> ServerChannel::receive() {
  const auto packet = receive_packet(socket_.get());
  if (!packet || packet->bytes.empty()) {
    open_ = false;
    return std::nullopt;
  }
  const auto message = protocol::decode_server_packet(packet->bytes);
  if (message) return *message;
  spdlog::error("server: {}", message.error().to_string());
  return std::nullopt;
}

}  // namespace forkjail::supervisor
