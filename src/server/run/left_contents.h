// How much of the files that a run left comes back with its answer. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/reply_decoder.h"

namespace forkjail::server {

// Keeps the contents of the smallest files, `bytes_max` together, and of the others name and size.
// The cell chose them in the same way within kLeftFilesBytesMax, if it is honest.
void keep_smallest_contents(std::vector<protocol::LeftFile>& files, std::uint64_t bytes_max);

}  // namespace forkjail::server
