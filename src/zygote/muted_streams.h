// Redirects descriptors 0, 1 and 2 to pipes while this object lives: 0 is at end of file, and
// output of the zygote's trusted scripts is discarded. The output pipe holds a few lines; nothing
// reads it. They are pipes because a cell's descriptors are pipes: Python's streams are created
// over these. Zygote, before the first clone.
#pragma once

#include <array>

#include "base/pipe.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail::zygote {

class MutedStreams {
 public:
  static Result<MutedStreams> begin();

  MutedStreams(MutedStreams&&) = default;
  MutedStreams& operator=(MutedStreams&&) = default;
  ~MutedStreams();  // puts the descriptors back

 private:
  MutedStreams() = default;

  Pipe output_;
  std::array<UniqueFd, 3> saved_;  // what 0, 1 and 2 were
};

}  // namespace forkjail::zygote
