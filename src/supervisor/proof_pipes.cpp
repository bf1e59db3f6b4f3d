#include "supervisor/proof_pipes.h"

#include <unistd.h>

#include <cstring>

#include "base/io.h"

namespace forkjail::supervisor {
namespace {

constexpr std::uint32_t kPayloadBytesMax = 16'384;

}  // namespace

Status make_proof_pipes_nonblocking(const Pipe& request, const Pipe& reply) {
  if (auto status = set_nonblocking(request.write_end.get()); !status) return status;
  return set_nonblocking(reply.read_end.get());
}

// Reads no further than that: what follows belongs to the next frame.
Result<bool> FrameReader::fill(int reply, std::size_t bytes) {
  while (bytes_.size() < bytes) {
    const std::size_t held = bytes_.size();
    bytes_.resize(bytes);
    const ssize_t n = ::read(reply, bytes_.data() + held, bytes - held);
    const int error = errno;
    bytes_.resize(held + (n > 0 ? static_cast<std::size_t>(n) : 0));
    if (n == 0) return Error{"read frame", 0, "end of file"};
    if (n > 0 || error == EINTR) continue;
    if (error == EAGAIN) return false;
    return Error{"read frame", error, {}};
  }
  return true;
}

Result<std::optional<Frame>> FrameReader::next(int reply) {
  protocol::FrameHeader header;
  const auto has_header = fill(reply, sizeof header);
  if (!has_header) return has_header.error();
  if (!*has_header) return std::optional<Frame>{};
  std::memcpy(&header, bytes_.data(), sizeof header);
  if (header.payload_bytes > kPayloadBytesMax) return Error{"read frame", EMSGSIZE, {}};
  const auto is_whole = fill(reply, sizeof header + header.payload_bytes);
  if (!is_whole) return is_whole.error();
  if (!*is_whole) return std::optional<Frame>{};
  Frame frame{static_cast<protocol::FrameType>(header.type), bytes_.substr(sizeof header)};
  bytes_.clear();
  return std::optional<Frame>(std::move(frame));
}

Status write_some(int request, std::vector<std::byte>& bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(request, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return ok_status();
    if (n < 0) return errno_error("write");
    bytes.erase(bytes.begin(), bytes.begin() + n);
  }
  return ok_status();
}

}  // namespace forkjail::supervisor
