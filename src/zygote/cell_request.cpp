#include "zygote/cell_request.h"

#include <unistd.h>

#include <numeric>
#include <span>
#include <utility>

#include "base/io.h"

namespace forkjail::zygote {

using protocol::RunPart;

CellRequest CellRequest::receive(RequestPipe pipe) {
  CellRequest request;
  auto& header = request.header_;
  const std::span header_bytes(reinterpret_cast<std::byte*>(&header), sizeof header);
  if (!read_exactly(protocol::kCellRequestFd, header_bytes)) ::_exit(0);
  const std::size_t total =
      std::accumulate(header.part_bytes.begin(), header.part_bytes.end(), std::size_t{0});
  // The server has checked this; a mismatch is a bug of ours, and nothing runs.
  const bool is_valid = header.magic == protocol::kRunRequestMagic &&
                        sizeof header + total <= protocol::kRunRequestBytesMax;
  if (!is_valid) ::_exit(1);
  const std::size_t stdin_bytes = std::exchange(header.bytes_of(RunPart::stdin_text), 0);
  request.block_.resize(total - stdin_bytes);
  const std::span block(request.block_);
  const std::size_t ahead =
      stdin_bytes > 0 ? request.offset_of(RunPart::stdin_text) : request.block_.size();
  if (!read_exactly(protocol::kCellRequestFd, block.first(ahead))) ::_exit(1);
  if (stdin_bytes > 0 && !request.stdin_file_.fill(protocol::kCellRequestFd, stdin_bytes)) {
    ::_exit(1);
  }
  if (!read_exactly(protocol::kCellRequestFd, block.subspan(ahead))) ::_exit(1);
  if (pipe == RequestPipe::closed) ::close(protocol::kCellRequestFd);
  return request;
}

std::size_t CellRequest::offset_of(RunPart part) const {
  const auto* const lengths = header_.part_bytes.begin();
  return std::accumulate(lengths, lengths + static_cast<std::size_t>(part), std::size_t{0});
}

std::string_view CellRequest::part(RunPart part) const {
  return {reinterpret_cast<const char*>(block_.data()) + offset_of(part),
          header_.part_bytes.at(static_cast<std::size_t>(part))};
}

void CellRequest::drop_files() {
  auto& files = header_.bytes_of(RunPart::files);
  if (files == 0) return;
  block_.resize(block_.size() - files);
  block_.shrink_to_fit();
  files = 0;
}

}  // namespace forkjail::zygote
