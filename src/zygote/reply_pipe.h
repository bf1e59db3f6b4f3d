// The cell's side of its reply pipe: frames (protocol/run_frames.h). Cell only.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "protocol/run_frames.h"

namespace forkjail::zygote {

// Blocks until the server has read what does not fit into the pipe. If the server is gone the frame
// is lost, and the exit status is the only report left.
void send_frame(protocol::FrameType type, std::span<const std::byte> payload);
void send_frame(protocol::FrameType type, std::string_view payload);

// A frame whose payload comes in pieces; all of them together must be `payload_bytes`.
void begin_frame(protocol::FrameType type, std::size_t payload_bytes);
void send_piece(std::span<const std::byte> piece);

}  // namespace forkjail::zygote
