// The files of a request as one block of bytes: for each file a header, its content as the client
// sent it, its path. Written by the server, which checks what it writes and decodes no content;
// read by the cell, which decodes base64 at the cost of its own run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace forkjail::protocol {

enum class FileEncoding : std::uint32_t { utf8, base64 };

struct FileView {
  std::string_view path;     // relative to the working directory
  std::string_view content;  // encoded
  FileEncoding encoding = FileEncoding::utf8;
};

// Appends files to a block. A content comes in pieces; the path may be known only after it.
class FileBlockWriter {
 public:
  void begin();
  void append(std::string_view content) { block_.append(content); }
  void end(std::string_view path, FileEncoding encoding);

  void reserve(std::size_t bytes) { block_.reserve(bytes); }
  // Of the file that was begun last, so far.
  [[nodiscard]] std::size_t content_bytes() const { return block_.size() - content_at_; }
  [[nodiscard]] std::string take() { return std::move(block_); }

 private:
  std::string block_;
  std::size_t content_at_ = 0;
};

// Reads a block from its start.
class FileBlockReader {
 public:
  explicit FileBlockReader(std::string_view block) : rest_(block) {}

  // The next file; views into the block. Empty: there is none, or the rest is malformed.
  [[nodiscard]] std::optional<FileView> next();
  [[nodiscard]] bool malformed() const { return malformed_; }

 private:
  std::string_view rest_;
  bool malformed_ = false;
};

}  // namespace forkjail::protocol
