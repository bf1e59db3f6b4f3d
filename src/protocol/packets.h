// Packets of the two channels (supervisor_channel.h, worker_channel.h) as messages whose every
// value is one that its sender may say. Pure functions of the bytes; what rides beside a packet
// (descriptors, credentials) is for the receiver to check.
//
// Server, supervisor and zygote, for each packet that comes in. None trusts its peer: the server
// has read what clients sent, and a zygote has cloned what runs scripts.
//
// The Error of each says what is wrong with the packet; its errno is EPROTO.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "protocol/supervisor_channel.h"
#include "protocol/worker_channel.h"
#include "protocol/worker_report.h"

namespace forkjail::protocol {

template <typename Message>
struct WithText {
  Message message;
  std::string text;                    // empty unless its verb has some
  std::optional<WorkerReport> report;  // of the text, where the verb is that a zygote is ready
};

// To the supervisor, by the server.
[[nodiscard]] Result<ServerMessage> decode_server_packet(std::span<const std::byte> packet);

// To the server, by the supervisor.
[[nodiscard]] Result<WithText<SupervisorMessage>> decode_supervisor_packet(
    std::span<const std::byte> packet);

// To the supervisor, by a zygote.
[[nodiscard]] Result<WithText<WorkerMessage>> decode_zygote_packet(
    std::span<const std::byte> packet);

// To a zygote, by the supervisor.
[[nodiscard]] Result<WorkerMessage> decode_zygote_order(std::span<const std::byte> packet);

}  // namespace forkjail::protocol
