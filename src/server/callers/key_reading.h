// The rows of a file of keys that is open: what the supervisor passes after SIGHUP, since the
// server cannot open files any more. In the server, on its loop: one read of at most 4 MB.
#pragma once

#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "server/callers/key_file.h"

namespace forkjail::server {

// Errors: it cannot be read, or has a mistake; none holds what the file says of a key.
[[nodiscard]] Result<std::vector<KeyRow>> read_keys(const UniqueFd& file, const RunLimits& maxima);

}  // namespace forkjail::server
