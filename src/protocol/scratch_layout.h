// What is in a cell's scratch directory, which supervisor, zygote and cell each see by a path of
// their own (sandbox/scratch.h).
#pragma once

#include <array>

namespace forkjail::protocol {

// Below the scratch directory.
inline constexpr char kWorkingFolder[] = "/work";  // the script's working directory
inline constexpr char kTemporaryFiles[] = "/tmp";  // what it knows as /tmp

inline constexpr std::array<const char*, 2> kScratchLayout{kWorkingFolder, kTemporaryFiles};

}  // namespace forkjail::protocol
