// Where a zygote without a mount namespace keeps what the libraries that it preloads write: a
// directory of its own, beside those of the cells. Its jail's maker makes it, and the supervisor
// removes it when the zygote is warm.
#pragma once

#include <sys/types.h>

#include <string>

namespace forkjail::protocol {

// `scratch_base`: what holds the cells' directories, whose names are numbers.
inline std::string preload_directory(const std::string& scratch_base, pid_t zygote) {
  return scratch_base + "/zygote-" + std::to_string(zygote);
}

}  // namespace forkjail::protocol
