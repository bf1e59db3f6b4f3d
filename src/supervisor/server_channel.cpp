#include "supervisor/server_channel.h"

#include <spdlog/spdlog.h>

#include "base/unix_socket.h"
#include "protocol/packets.h"
#include "protocol/wire.h"

namespace forkjail::supervisor {

using protocol::SupervisorMessage;
using protocol::SupervisorVerb;

void ServerChannel::send(const SupervisorMessage& message, std::string_view text) {
  if (!send_packet(socket_.get(), protocol::with_text(message, text))) open_ = false;
}

Status ServerChannel::send_cell(const SupervisorMessage& message, std::span<const int> fds) {
  const auto sent = send_packet(socket_.get(), protocol::as_wire(message), fds);
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
