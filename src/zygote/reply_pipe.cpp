#include "zygote/reply_pipe.h"

#include <sys/uio.h>
#include <unistd.h>

#include "base/io.h"
#include "protocol/wire.h"

namespace forkjail::zygote {

using protocol::FrameHeader;
using protocol::FrameType;

void send_frame(FrameType type, std::span<const std::byte> payload) {
  const FrameHeader header{static_cast<std::uint32_t>(type),
                           static_cast<std::uint32_t>(payload.size())};
  // One call for both: a reply that fits into the pipe wakes the server once.
  const iovec parts[2] = {
      {const_cast<FrameHeader*>(&header), sizeof header},         // NOLINT(*-const-cast)
      {const_cast<std::byte*>(payload.data()), payload.size()}};  // NOLINT(*-const-cast)
  const ssize_t sent = ::writev(protocol::kCellReplyFd, parts, 2);
  if (sent < static_cast<ssize_t>(sizeof header)) return;
  send_piece(payload.subspan(static_cast<std::size_t>(sent) - sizeof header));
}

void send_frame(FrameType type, std::string_view payload) {
  send_frame(type, std::as_bytes(std::span(payload)));
}

void begin_frame(FrameType type, std::size_t payload_bytes) {
  const FrameHeader header{static_cast<std::uint32_t>(type),
                           static_cast<std::uint32_t>(payload_bytes)};
  send_piece(protocol::as_wire(header));
}

void send_piece(std::span<const std::byte> piece) {
  (void)write_all(protocol::kCellReplyFd, piece);
}

}  // namespace forkjail::zygote
