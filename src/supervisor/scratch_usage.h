// How much a cell keeps in its directory, where no tmpfs bounds it. Supervisor, while the cell runs
// and changes what is looked at: everything is opened relative to a descriptor, no link is
// followed, and the look ends as soon as a limit is passed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "protocol/supervisor_channel.h"

namespace forkjail::supervisor {

// Directories within each other that are looked into; deeper counts as too many inodes.
inline constexpr std::size_t kScratchDepthMax = 128;

struct ScratchUsage {
  std::uint64_t bytes = 0;  // as allocated, so that a sparse file counts for what it holds
  std::uint64_t inodes = 0;
  bool too_deep = false;

  // Which of the run's limits (base/limits.h) is passed.
  [[nodiscard]] protocol::ScratchExcess excess() const;
};

// What is in `directory`, and what was deleted there and is still held open by process `pid` as far
// as its descriptors may be seen (0: not looked at). What vanishes meanwhile is not counted.
[[nodiscard]] ScratchUsage measure_scratch(const std::string& directory, pid_t pid);

}  // namespace forkjail::supervisor
