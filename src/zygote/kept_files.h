// The files of a session's state, as a part of its memory: what lay in the working directory when
// the state was kept. A kept state is a copy of a process, so each has its own, and unchanged
// contents are shared between them like all other pages. Cell, in a state (state_loop.h).
//
// Folders, regular files and symbolic links are kept; holes are not filled. Not so FIFOs and
// sockets, what lies in /tmp, and what cannot be read or lies too deep (file_walk.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "zygote/file_walk.h"

namespace forkjail::zygote {

class KeptFiles {
 public:
  explicit KeptFiles(std::string directory) : directory_(std::move(directory)) {}

  // Reads what has changed since the last call. Errors: ENOMEM, and what open(2) and read(2) say;
  // then the files are as they were kept before.
  Status keep();

  // Makes the directory what it was at the last keep(). Errors: as open(2), write(2); the rest is
  // restored nevertheless.
  Status restore();

  // Whether it is what was kept.
  [[nodiscard]] bool knows(const FoundEntry& entry) const;

 private:
  struct Piece {
    std::int64_t at = 0;
    std::string bytes;
  };
  struct Kept {
    mode_t mode = 0;
    FileStamp stamp;
    std::string link_target;
    std::vector<Piece> pieces;
  };
  using Tree = std::map<std::string, Kept>;  // a folder sorts before what it holds

  Status collect(int root, Tree& tree);
  [[nodiscard]] Result<Kept> read_entry(int root, const FoundEntry& entry) const;
  void remove_others(int root) const;
  Status write_entry(int root, const std::string& path, Kept& kept) const;

  std::string directory_;
  Tree tree_;
};

}  // namespace forkjail::zygote
