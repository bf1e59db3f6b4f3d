#include "zygote/left_files.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <span>
#include <string_view>
#include <tuple>

#include "base/limits.h"
#include "base/unique_fd.h"
#include "protocol/run_frames.h"
#include "protocol/wire.h"
#include "zygote/file_walk.h"
#include "zygote/reply_pipe.h"

namespace forkjail::zygote {
namespace {

using protocol::FrameType;

constexpr std::size_t kPieceBytes = 64 * kKiB;

struct LeftFile {
  std::string path;
  std::uint64_t size = 0;
  bool with_content = false;
};

std::array<char, kPieceBytes>& piece_buffer() {
  static std::array<char, kPieceBytes> buffer;
  return buffer;
}

// Bytes read, 0 at the end of the file or at an error.
std::size_t read_piece(int file, std::size_t bytes_max) {
  auto& buffer = piece_buffer();
  ssize_t n = 0;
  do {
    n = ::read(file, buffer.data(), std::min(bytes_max, buffer.size()));
  } while (n < 0 && errno == EINTR);
  return n < 0 ? 0 : static_cast<std::size_t>(n);
}

// The smallest files get their contents.
void choose_contents(std::vector<LeftFile>& files) {
  std::ranges::sort(files, [](const LeftFile& a, const LeftFile& b) {
    return std::tie(a.size, a.path) < std::tie(b.size, b.path);
  });
  std::uint64_t left = kLeftFilesBytesMax;
  for (std::size_t i = 0; i < std::min(files.size(), kLeftFileContentsMax); ++i) {
    if (files.at(i).size > left) break;
    files.at(i).with_content = true;
    left -= files.at(i).size;
  }
}

// Allocates nothing once the frame has begun. A file that became shorter meanwhile is filled up
// with zeros, for the frame's length has been sent.
void send(int root, const LeftFile& file) {
  UniqueFd open;
  if (file.with_content) open = open_below(root, file.path);
  protocol::LeftFileHeader header{.size = file.size,
                                  .path_bytes = static_cast<std::uint32_t>(file.path.size()),
                                  .has_content = open.valid() ? 1U : 0U};
  const std::size_t content_bytes = open.valid() ? file.size : 0;
  begin_frame(FrameType::file, sizeof header + file.path.size() + content_bytes);
  send_piece(protocol::as_wire(header));
  send_piece(std::as_bytes(std::span(file.path)));
  for (std::size_t left = content_bytes; left > 0;) {
    std::size_t n = read_piece(open.get(), left);
    if (n == 0) {
      n = std::min(left, kPieceBytes);
      std::fill_n(piece_buffer().begin(), n, '\0');
    }
    send_piece(std::as_bytes(std::span(piece_buffer()).first(n)));
    left -= n;
  }
}

enum class Contents : std::uint8_t { none, chosen };

// False: not all files are named.
bool send_files_of(const std::string& directory, const KnownFile& known, Contents contents) {
  const UniqueFd root = open_folder(directory);
  if (!root.valid()) return false;
  std::vector<FoundEntry> entries;
  bool whole = walk(directory, entries);
  std::erase_if(entries, [&](const FoundEntry& entry) {
    return !entry.is_file() || known(root.get(), entry);
  });
  std::ranges::sort(entries, {}, &FoundEntry::path);
  if (entries.size() > kLeftFilesMax) {
    entries.resize(kLeftFilesMax);
    whole = false;
  }
  std::vector<LeftFile> files;
  for (FoundEntry& entry : entries) {
    files.push_back({std::move(entry.path), static_cast<std::uint64_t>(entry.stamp.bytes)});
  }
  if (contents == Contents::chosen) choose_contents(files);
  std::ranges::sort(files, {}, &LeftFile::path);
  for (const LeftFile& file : files) send(root.get(), file);
  return whole;
}

void send(const std::string& directory, const KnownFile& known, Contents contents) {
  bool whole = false;
  try {
    whole = send_files_of(directory, known, contents);
  } catch (const std::bad_alloc&) {
    whole = false;
  }
  if (!whole) send_frame(FrameType::file, std::string_view());
}

}  // namespace

bool is_as_placed(const std::vector<PlacedFile>& placed, int root, const FoundEntry& file) {
  const auto row = std::ranges::lower_bound(placed, file.path, {}, &PlacedFile::path);
  if (row == placed.end() || row->path != file.path) return false;
  if (row->size != static_cast<std::uint64_t>(file.stamp.bytes)) return false;
  const UniqueFd open = open_below(root, file.path);
  if (!open.valid()) return false;
  ContentHash hash;
  while (const std::size_t n = read_piece(open.get(), kPieceBytes)) {
    hash.add({piece_buffer().data(), n});
  }
  return hash.value() == row->hash;
}

void send_left_files(const std::string& directory, const KnownFile& known) {
  send(directory, known, Contents::chosen);
}

void send_file_names(const std::string& directory) {
  send(directory, [](int, const FoundEntry&) { return false; }, Contents::none);
}

void close_what_a_script_left_open() {
  for (std::uint64_t fd = protocol::kCellRequestFd; fd < kCellOpenFilesMax; ++fd) {
    ::close(static_cast<int>(fd));
  }
}

}  // namespace forkjail::zygote
