#include "zygote/file_walk.h"

#include <dirent.h>
#include <fcntl.h>

#include <memory>

#include "base/limits.h"

namespace forkjail::zygote {
namespace {

constexpr int kOpenFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
constexpr std::size_t kDepthMax = 64;        // each level takes a descriptor
constexpr std::size_t kEntriesMax = 20'000;  // looked at; a scratch holds fewer

using Directory = std::unique_ptr<DIR, decltype([](DIR* open) { ::closedir(open); })>;

Directory directory_of(UniqueFd fd) {
  Directory opened(fd.valid() ? ::fdopendir(fd.get()) : nullptr);
  if (opened) (void)fd.release();  // the stream owns it
  return opened;
}

Directory open_directory(int parent, const char* name) {
  return directory_of(UniqueFd(::openat(parent, name, kOpenFlags | O_DIRECTORY)));
}

// Walks the directory without recursion: a script can make it deep.
class Walk {
 public:
  // `prefix`: of the paths of what it finds.
  explicit Walk(Directory top, std::string prefix = {}, std::size_t levels = kEntriesMax)
      : prefix_(std::move(prefix)), levels_(levels) {
    open_.push_back({std::move(top), 0});
  }

  bool collect(std::vector<FoundEntry>& found) {
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

  void take(const char* name, std::vector<FoundEntry>& found) {
    const int parent = ::dirfd(open_.back().directory.get());
    struct stat status{};
    if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    std::string path = prefix_ + name;
    if (path.size() > kFilePathBytesMax) {
      whole_ = false;
      return;
    }
    found.push_back({std::move(path), status.st_mode, FileStamp::of(status)});
    if (S_ISDIR(status.st_mode)) enter(parent, name);
  }

  void enter(int parent, const char* name) {
    if (open_.size() >= levels_) return;
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
  std::size_t levels_;
  bool whole_ = true;
};

std::int64_t nanoseconds(const timespec& time) {
  return (static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000) + time.tv_nsec;
}

}  // namespace

FileStamp FileStamp::of(const struct stat& status) {
  return {.inode = status.st_ino,
          .bytes = status.st_size,
          .modified_ns = nanoseconds(status.st_mtim),
          .changed_ns = nanoseconds(status.st_ctim)};
}

UniqueFd open_folder(const std::string& directory) {
  return UniqueFd(::open(directory.c_str(), kOpenFlags | O_DIRECTORY));
}

bool walk(const std::string& directory, std::vector<FoundEntry>& found) {
  Directory top = open_directory(AT_FDCWD, directory.c_str());
  return top && Walk(std::move(top)).collect(found);
}

Result<bool> walk_levels(int root, std::string_view path, std::size_t levels,
                         std::vector<FoundEntry>& found) {
  UniqueFd fd = open_below(root, path.empty() ? "." : path);
  if (!fd.valid()) return errno_error("open the folder", std::string(path));
  Directory top = directory_of(std::move(fd));
  if (!top) return errno_error("open the folder", std::string(path));
  const std::string prefix = path.empty() ? std::string() : std::string(path) + "/";
  return Walk(std::move(top), prefix, levels).collect(found);
}

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

}  // namespace forkjail::zygote
