#include "zygote/kept_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <new>
#include <ranges>
#include <span>
#include <utility>

#include "base/io.h"
#include "base/limits.h"

namespace forkjail::zygote {
namespace {

constexpr mode_t kPermissions = 0777;

// The data between `from` and the next hole. Empty at the end of the file.
Result<std::pair<std::int64_t, std::int64_t>> next_data(int file, std::int64_t from,
                                                        std::int64_t end) {
  const off_t start = ::lseek(file, from, SEEK_DATA);
  if (start < 0 && errno == ENXIO) return std::pair{end, end};
  if (start < 0) return errno_error("look for data");
  const off_t hole = ::lseek(file, start, SEEK_HOLE);
  if (hole < 0) return errno_error("look for a hole");
  return std::pair{std::int64_t{start}, std::min<std::int64_t>(hole, end)};
}

Result<std::string> read_range(int file, std::int64_t start, std::int64_t end) {
  std::string bytes(static_cast<std::size_t>(end - start), '\0');
  for (std::size_t filled = 0; filled < bytes.size();) {
    const ssize_t n = ::pread(file, bytes.data() + filled, bytes.size() - filled,
                              start + static_cast<off_t>(filled));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("read");
    if (n == 0) break;  // it became shorter
    filled += static_cast<std::size_t>(n);
  }
  return bytes;
}

// The folder of `path` below `root`, without following a link, and the last part of the path.
struct Place {
  UniqueFd folder;
  std::string name;
};
Place place_of(int root, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) {
    return {UniqueFd(::fcntl(root, F_DUPFD_CLOEXEC, 0)), path};
  }
  return {open_below(root, std::string_view(path).substr(0, slash)), path.substr(slash + 1)};
}

}  // namespace

Status KeptFiles::keep() {
  const UniqueFd root = open_folder(directory_);
  if (!root.valid()) return errno_error("open the working directory");
  Tree tree;
  auto status = collect(root.get(), tree);
  if (!status) {
    tree_.merge(tree);  // what had been moved over
    return status;
  }
  tree_ = std::move(tree);
  return status;
}

Status KeptFiles::collect(int root, Tree& tree) {
  try {
    std::vector<FoundEntry> entries;
    (void)walk(directory_, entries);
    for (const FoundEntry& entry : entries) {
      const auto known = tree_.find(entry.path);
      if (known != tree_.end() && known->second.stamp == entry.stamp &&
          known->second.mode == entry.mode) {
        tree.insert(tree_.extract(known));
        continue;
      }
      auto read = read_entry(root, entry);
      if (!read) return read.error();
      tree.insert({entry.path, *std::move(read)});
    }
  } catch (const std::bad_alloc&) {
    return Error{"keep the files", ENOMEM, {}};
  }
  return ok_status();
}

Result<KeptFiles::Kept> KeptFiles::read_entry(int root, const FoundEntry& entry) const {
  Kept kept{.mode = entry.mode, .stamp = entry.stamp, .link_target = {}, .pieces = {}};
  if (S_ISLNK(entry.mode)) {
    std::array<char, PATH_MAX> target{};
    const ssize_t n =
        ::readlink((directory_ + "/" + entry.path).c_str(), target.data(), target.size());
    if (n > 0) kept.link_target.assign(target.data(), static_cast<std::size_t>(n));
  }
  if (!entry.is_file()) return kept;
  const UniqueFd file = open_below(root, entry.path);
  if (!file.valid()) return kept;  // not readable: its name is kept
  const std::int64_t end = std::min<std::int64_t>(entry.stamp.bytes, kScratchBytesMax);
  for (std::int64_t at = 0; at < end;) {
    const auto range = next_data(file.get(), at, end);
    if (!range) return range.error();
    at = range->second;
    if (range->first >= range->second) break;
    auto bytes = read_range(file.get(), range->first, range->second);
    if (!bytes) return bytes.error();
    kept.pieces.push_back({range->first, *std::move(bytes)});
  }
  return kept;
}

bool KeptFiles::knows(const FoundEntry& entry) const {
  const auto kept = tree_.find(entry.path);
  return kept != tree_.end() && kept->second.stamp == entry.stamp;
}

Status KeptFiles::restore() {
  const UniqueFd root = open_folder(directory_);
  if (!root.valid()) return errno_error("open the working directory");
  try {
    remove_others(root.get());
    Status result = ok_status();
    for (auto& [path, kept] : tree_) {
      if (auto written = write_entry(root.get(), path, kept); !written && result) result = written;
    }
    return result;
  } catch (const std::bad_alloc&) {
    return Error{"restore the files", ENOMEM, {}};
  }
}

// What was not there, or was something else: what lies in a folder goes before the folder.
void KeptFiles::remove_others(int root) const {
  std::vector<FoundEntry> entries;
  (void)walk(directory_, entries);
  for (const FoundEntry& entry : entries | std::views::reverse) {
    const auto kept = tree_.find(entry.path);
    if (kept != tree_.end() && (kept->second.mode & S_IFMT) == (entry.mode & S_IFMT)) continue;
    const Place place = place_of(root, entry.path);
    if (!place.folder.valid()) continue;
    ::unlinkat(place.folder.get(), place.name.c_str(), entry.is_folder() ? AT_REMOVEDIR : 0);
  }
}

Status KeptFiles::write_entry(int root, const std::string& path, Kept& kept) const {
  const Place place = place_of(root, path);
  if (!place.folder.valid()) return errno_error("restore", path);
  const int folder = place.folder.get();
  const char* const name = place.name.c_str();
  struct stat there{};
  const bool exists = ::fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0;
  if (exists && FileStamp::of(there) == kept.stamp) return ok_status();
  if (S_ISDIR(kept.mode)) {
    if (!exists && ::mkdir((directory_ + "/" + path).c_str(), kept.mode & kPermissions) != 0) {
      return errno_error("restore", path);
    }
    return ok_status();
  }
  if (S_ISLNK(kept.mode)) {
    if (!exists && ::symlink(kept.link_target.c_str(), (directory_ + "/" + path).c_str()) != 0) {
      return errno_error("restore", path);
    }
    return ok_status();
  }
  if (!S_ISREG(kept.mode)) return ok_status();
  // In place: a descriptor that the state has open still names the same file.
  const UniqueFd file(::openat(folder, name, O_CREAT | O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                               kept.mode & kPermissions));
  if (!file.valid()) return errno_error("restore", path);
  for (const Piece& piece : kept.pieces) {
    if (::lseek(file.get(), piece.at, SEEK_SET) < 0) return errno_error("restore", path);
    if (auto written = write_all(file.get(), std::as_bytes(std::span(piece.bytes))); !written) {
      return written;
    }
  }
  if (::ftruncate(file.get(), kept.stamp.bytes) != 0) return errno_error("restore", path);
  if (::fstat(file.get(), &there) == 0) kept.stamp = FileStamp::of(there);
  return ok_status();
}

}  // namespace forkjail::zygote
