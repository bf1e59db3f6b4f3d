// Standard input that a request brings: an unnamed file in the cell's own scratch, as with
// `script < file`. Cell, before the script runs.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "base/unique_fd.h"
#include "sandbox/scratch.h"

namespace forkjail::zygote {

class StdinFile {
 public:
  // `directory`, where the file is made, outlives it.
  explicit StdinFile(const char* directory = sandbox::kTemporaryDirectory)
      : directory_(directory) {}

  // Moves the next `bytes` of `pipe` to the file, piece by piece: the cell's memory never holds
  // them. What cannot be written is read all the same, and place() tells why. False: the pipe ended
  // before.
  [[nodiscard]] bool fill(int pipe, std::size_t bytes);

  [[nodiscard]] bool is_there() const { return is_there_; }
  // The file becomes descriptor 0, at its beginning; without one, what is there stays. Errors: as
  // open(2), write(2).
  [[nodiscard]] Status place();

 private:
  [[nodiscard]] Status open();

  const char* directory_;
  bool is_there_ = false;
  UniqueFd file_;
  Status written_ = ok_status();
};

}  // namespace forkjail::zygote
