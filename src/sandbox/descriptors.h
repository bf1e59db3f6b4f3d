// Which descriptors a cell has: a few known ones at known numbers, nothing else.
#pragma once

#include <span>

#include "base/result.h"

namespace forkjail::sandbox {

// cell: moves sources[i] to number i for all i, and closes every other descriptor of the process.
// Sources may be repeated and in any order. Errors: EBADF, EMFILE.
Status keep_only(std::span<const int> sources);

// cell: 0 .. count-1 are open and nothing above is, up to RLIMIT_NOFILE's reach.
Status verify_descriptors(int count);

}  // namespace forkjail::sandbox
