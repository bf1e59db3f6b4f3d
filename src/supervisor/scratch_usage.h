// How much a cell keeps in its directory, where no tmpfs bounds it: a look that goes on piece by
// piece. Supervisor, while the cell lives: everything is opened relative to a descriptor, no link
// is followed, and the look ends as soon as a limit is passed.
//
// Exact only while nothing changes: the caller stops the cell first (scratch_watch.h).
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "protocol/supervisor_channel.h"
#include "supervisor/script_directory.h"

namespace forkjail::supervisor {

// Directories within each other that are looked into; deeper counts as too many inodes. Each is an
// open descriptor meanwhile.
inline constexpr std::size_t kScratchDepthMax = 128;

struct ScratchUsage {
  std::uint64_t bytes = 0;  // as allocated, so that a sparse file counts for what it holds
  std::uint64_t inodes = 0;
  bool too_deep = false;
  int unseen_errno = 0;  // why a directory could not be looked into; 0: all could

  // Which of the run's limits (base/limits.h) is passed.
  [[nodiscard]] protocol::ScratchExcess excess() const;
};

// What is in `directory`, and what was deleted there and is still held open by process `pid` as far
// as its descriptors may be seen (0: not looked at). What vanishes meanwhile is not counted.
class ScratchLook {
 public:
  ScratchLook(const std::string& directory, pid_t pid);

  // Looks at no more than `entries` files. True: all is seen, or a limit is passed.
  bool go_on(std::size_t entries);
  [[nodiscard]] const ScratchUsage& usage() const { return usage_; }

 private:
  void look_at_next();
  void open(int parent, const char* name);

  pid_t pid_;
  std::vector<Directory> open_;  // depth first, one descriptor per level
  ScratchUsage usage_;
};

// What was deleted and is still held open by process `pid`, as far as its descriptors may be seen.
void add_deleted_files(pid_t pid, ScratchUsage& usage);

// When names in a cell's own three directories (sandbox/scratch.h) changed last. A script cannot
// set it: as long as it is the same, nothing was made, moved or removed there.
struct ScratchStamp {
  std::array<timespec, 3> changed;

  bool operator==(const ScratchStamp& other) const;
  // Whether a change from now on will show: the clock of file systems has moved on since.
  [[nodiscard]] bool is_settled() const;
};

// Empty if the three are not there as the cell made them.
[[nodiscard]] std::optional<ScratchStamp> stamp_of_scratch(const std::string& directory);

// The stamp since which there is no file in it. Empty: there may be some.
[[nodiscard]] std::optional<ScratchStamp> stamp_of_empty_scratch(const std::string& directory);

}  // namespace forkjail::supervisor
