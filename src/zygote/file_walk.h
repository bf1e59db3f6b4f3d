// What lies below a cell's working directory, found without following a link. Cell only, with the
// script's own rights: nothing is readable here that the script could not have read itself.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail::zygote {

// Tells whether a file is the one that it was, as make(1) and git tell it: a script that sets a
// file's times back deceives only its own session.
struct FileStamp {
  std::uint64_t inode = 0;
  std::int64_t bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  [[nodiscard]] static FileStamp of(const struct stat& status);
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct FoundEntry {
  std::string path;  // from the directory; may not be UTF-8
  mode_t mode = 0;   // with the type
  FileStamp stamp;

  [[nodiscard]] bool is_file() const { return S_ISREG(mode); }
  [[nodiscard]] bool is_folder() const { return S_ISDIR(mode); }
};

// A directory to walk, or to open files below. Invalid if it is not one or cannot be opened.
[[nodiscard]] UniqueFd open_folder(const std::string& directory);

// Adds every entry, a folder before what it holds. False: not everything was looked at, because it
// is too deep, too much, too long a path or not readable.
bool walk(const std::string& directory, std::vector<FoundEntry>& found);

// The same of the folder `path` below `root`, so many levels down; an empty path: of `root` itself.
// Errors: what open(2) says of the folder, ENOTDIR if it is none.
[[nodiscard]] Result<bool> walk_levels(int root, std::string_view path, std::size_t levels,
                                       std::vector<FoundEntry>& found);

// A file below `root`, opened part by part, so that no part of its path is followed as a link.
// Never waits for a FIFO.
[[nodiscard]] UniqueFd open_below(int root, std::string_view path);

}  // namespace forkjail::zygote
