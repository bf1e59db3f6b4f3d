#include "zygote/cell_request.h"

#include <unistd.h>

#include <numeric>
#include <span>

#include "base/io.h"

namespace forkjail::zygote {

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
  request.block_.resize(total);
  if (!read_exactly(protocol::kCellRequestFd, request.block_)) ::_exit(1);
  if (pipe == RequestPipe::closed) ::close(protocol::kCellRequestFd);
  return request;
}

std::string_view CellRequest::part(protocol::RunPart part) const {
  const auto index = static_cast<std::size_t>(part);
  const auto* const lengths = header_.part_bytes.begin();
  const std::size_t at = std::accumulate(lengths, lengths + index, std::size_t{0});
  return {reinterpret_cast<const char*>(block_.data()) + at, header_.part_bytes.at(index)};
}

void CellRequest::drop_files() {
  auto& files = header_.bytes_of(protocol::RunPart::files);
  if (files == 0) return;
  block_.resize(block_.size() - files);
  block_.shrink_to_fit();
  files = 0;
}

}  // namespace forkjail::zygote
