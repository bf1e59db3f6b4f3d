#include "protocol/file_block.h"

#include <cstring>

namespace forkjail::protocol {
namespace {

struct FileHeader {
  std::uint32_t path_bytes = 0;
  std::uint32_t content_bytes = 0;
  FileEncoding encoding = FileEncoding::utf8;
};

}  // namespace

void FileBlockWriter::begin() {
  block_.append(sizeof(FileHeader), '\0');  // end() fills it
  content_at_ = block_.size();
}

void FileBlockWriter::end(std::string_view path, FileEncoding encoding) {
  const FileHeader header{static_cast<std::uint32_t>(path.size()),
                          static_cast<std::uint32_t>(content_bytes()), encoding};
  std::memcpy(block_.data() + content_at_ - sizeof header, &header, sizeof header);
  block_.append(path);
}

std::optional<FileView> FileBlockReader::next() {
  if (malformed_ || rest_.empty()) return std::nullopt;
  FileHeader header;
  malformed_ = rest_.size() < sizeof header;
  if (malformed_) return std::nullopt;
  std::memcpy(&header, rest_.data(), sizeof header);
  rest_.remove_prefix(sizeof header);
  const std::size_t bytes = std::size_t{header.path_bytes} + header.content_bytes;
  malformed_ = bytes > rest_.size() ||
               (header.encoding != FileEncoding::utf8 && header.encoding != FileEncoding::base64);
  if (malformed_) return std::nullopt;
  const FileView file{rest_.substr(header.content_bytes, header.path_bytes),
                      rest_.substr(0, header.content_bytes), header.encoding};
  rest_.remove_prefix(bytes);
  return file;
}

}  // namespace forkjail::protocol
