#include "zygote/left_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <tuple>

#include "base/limits.h"
#include "base/unique_fd.h"
#include "protocol/run_frames.h"
#include "protocol/wire.h"
#include "zygote/reply_pipe.h"

namespace forkjail::zygote {
namespace {

using protocol::FrameType;

constexpr int kOpenFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
constexpr std::size_t kDepthMax = 64;        // each level takes a descriptor
constexpr std::size_t kEntriesMax = 20'000;  // looked at; a scratch holds fewer
constexpr std::size_t kPieceBytes = 64 * kKiB;

struct FoundFile {
  std::string path;
  std::uint64_t size = 0;
  bool with_content = false;
};

using Directory = std::unique_ptr<DIR, decltype([](DIR* open) { ::closedir(open); })>;

Directory open_directory(int parent, const char* name) {
  UniqueFd fd(::openat(parent, name, kOpenFlags | O_DIRECTORY));
  Directory opened(fd.valid() ? ::fdopendir(fd.get()) : nullptr);
  if (opened) (void)fd.release();  // the stream owns it
  return opened;
}

// A file below `root`, opened part by part, so that no part of its path is followed as a link.
UniqueFd open_below(int root, std::string_view path) {
  UniqueFd folder;
  int parent = root;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/')) {
    UniqueFd next(
        ::openat(parent, std::string(path.substr(0, slash)).c_str(), kOpenFlags | O_DIRECTORY));
    if (!next.valid()) return next;
    folder = std::move(next);
    parent = folder.get();
    path.remove_prefix(slash + 1);
  }
  return UniqueFd(::openat(parent, std::string(path).c_str(), kOpenFlags));
}

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

// Walks the directory without recursion: a script can make it deep.
class Walk {
 public:
  explicit Walk(Directory top) { open_.push_back({std::move(top), 0}); }

  // Adds the regular files that it finds. False: not everything was looked at.
  bool collect(std::vector<FoundFile>& found) {
    for (std::size_t entries = 0; !open_.empty(); ++entries) {
      if (entries == kEntriesMax) return false;
      const dirent* const entry = ::readdir(open_.back().directory.get());
      if (entry == nullptr) {
        prefix_.resize(open_.back().prefix_bytes);
        open_.pop_back();
      } else if (std::string_view(entry->d_name) != "." &&
                 std::string_view(entry->d_name) != "..") {
        take(entry->d_name, found);
      }
    }
    return whole_;
  }

 private:
  struct Level {
    Directory directory;
    std::size_t prefix_bytes;  // of the path of its parent
  };

  void take(const char* name, std::vector<FoundFile>& found) {
    const int parent = ::dirfd(open_.back().directory.get());
    struct stat status{};
    if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (S_ISDIR(status.st_mode)) return enter(parent, name);
    if (!S_ISREG(status.st_mode)) return;
    std::string path = prefix_ + name;
    if (path.size() > kFilePathBytesMax) {
      whole_ = false;
      return;
    }
    found.push_back({std::move(path), static_cast<std::uint64_t>(status.st_size)});
  }

  void enter(int parent, const char* name) {
    Directory directory;
    if (open_.size() < kDepthMax) directory = open_directory(parent, name);
    if (!directory) {
      whole_ = false;
      return;
    }
    open_.push_back({std::move(directory), prefix_.size()});
    prefix_.append(name).push_back('/');
  }

  std::vector<Level> open_;
  std::string prefix_;  // of what the last level holds
  bool whole_ = true;
};

// Whether the file is what the request put there.
bool is_unchanged(int root, const FoundFile& file, const std::vector<PlacedFile>& placed) {
  const auto row = std::ranges::lower_bound(placed, file.path, {}, &PlacedFile::path);
  if (row == placed.end() || row->path != file.path || row->size != file.size) return false;
  const UniqueFd open = open_below(root, file.path);
  if (!open.valid()) return false;
  ContentHash hash;
  while (const std::size_t n = read_piece(open.get(), kPieceBytes)) {
    hash.add({piece_buffer().data(), n});
  }
  return hash.value() == row->hash;
}

// The smallest files get their contents.
void choose_contents(std::vector<FoundFile>& files) {
  std::ranges::sort(files, [](const FoundFile& a, const FoundFile& b) {
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
void send(int root, const FoundFile& file) {
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

// False: not all files are named.
bool send_files_of(const std::string& directory, const std::vector<PlacedFile>& placed) {
  Directory top = open_directory(AT_FDCWD, directory.c_str());
  const UniqueFd root(::open(directory.c_str(), kOpenFlags | O_DIRECTORY));
  if (!top || !root.valid()) return false;
  std::vector<FoundFile> files;
  bool whole = Walk(std::move(top)).collect(files);
  std::erase_if(files, [&](const auto& file) { return is_unchanged(root.get(), file, placed); });
  std::ranges::sort(files, {}, &FoundFile::path);
  if (files.size() > kLeftFilesMax) {
    files.resize(kLeftFilesMax);
    whole = false;
  }
  choose_contents(files);
  std::ranges::sort(files, {}, &FoundFile::path);
  for (const FoundFile& file : files) send(root.get(), file);
  return whole;
}

}  // namespace

void send_left_files(const std::string& directory, const std::vector<PlacedFile>& placed) {
  for (std::uint64_t fd = protocol::kCellRequestFd; fd < kCellOpenFilesMax; ++fd) {
    ::close(static_cast<int>(fd));
  }
  bool whole = false;
  try {
    whole = send_files_of(directory, placed);
  } catch (const std::bad_alloc&) {
    whole = false;
  }
  if (!whole) send_frame(FrameType::file, std::string_view());
}

}  // namespace forkjail::zygote
