// Descriptors 1 and 2 led into a pipe of our own, for as long as this object lives: the zygote
// exercises its libraries with scripts that print, and what they print is nobody's. The pipe holds
// a few lines; nothing reads it. Zygote, before the first clone.
#pragma once

#include <array>

#include "base/pipe.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail::zygote {

class MutedOutput {
 public:
  static Result<MutedOutput> begin();

  MutedOutput(MutedOutput&&) = default;
  MutedOutput& operator=(MutedOutput&&) = default;
  ~MutedOutput();  // puts the descriptors back

 private:
  MutedOutput() = default;

  Pipe pipe_;
  std::array<UniqueFd, 2> saved_;  // what 1 and 2 were
};

}  // namespace forkjail::zygote
