// Decodes packets of the two channels (supervisor_channel.h, zygote_channel.h) into messages in
// which every value is valid for its sender. Pure functions of the bytes; the receiver checks what
// accompanies a packet (descriptors, credentials).
//
// Used by server, supervisor and zygote for each incoming packet. None trusts its peer: the server
// has read what clients sent, and a zygote has cloned processes that run scripts.
//
// Each Error says what is wrong with the packet; its errno is EPROTO.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "protocol/supervisor_channel.h"
#include "protocol/zygote_channel.h"
#include "protocol/zygote_report.h"

namespace forkjail::protocol {

template <typename Message>
struct WithText {
  Message message;
  std::string text;                    // empty unless the verb has a text
  std::optional<ZygoteReport> report;  // decoded from the text of `ready`
};

// From the server to the supervisor.
[[nodiscard]] Result<ServerMessage> decode_server_packet(std::span<const std::byte> packet);

// From the supervisor to the server.
[[nodiscard]] Result<WithText<SupervisorMessage>> decode_supervisor_packet(
    std::span<const std::byte> packet);

// From a zygote to the supervisor.
[[nodiscard]] Result<WithText<ZygoteMessage>> decode_zygote_packet(
    std::span<const std::byte> packet);

// To a zygote, by the supervisor.
[[nodiscard]] Result<ZygoteMessage> decode_zygote_order(std::span<const std::byte> packet);

}  // namespace forkjail::protocol
