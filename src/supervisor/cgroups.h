// The memory and pids control groups of the cells: one group a slot, made once and reused, because
// making one costs more than clearing one. cgroups(7); version 1 and 2 both serve, whichever has
// the memory controller (v1: Documentation/admin-guide/cgroup-v1/memory.rst, v2: cgroup-v2.rst).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/cgroup_directory.h"
#include "supervisor/cgroup_v2_parent.h"

namespace forkjail::supervisor {

struct CgroupFiles;  // the names that differ between v1 and v2, cgroups.cpp

// What a cell used, read when it is gone.
struct CgroupUsage {
  std::uint64_t memory_peak_bytes = 0;
  std::uint32_t oom_kills = 0;
};

// The groups of one slot, for one cell after another.
class CellCgroup {
 public:
  // Opened here: who holds one may move itself in by writing "0", as long as it has one thread.
  [[nodiscard]] std::span<const UniqueFd> join_files() const { return join_files_; }

  // Bytes for the cell's own memory; the slack for parking it is added.
  Status set_memory_limit(std::uint64_t bytes);

  // Reads the cell's usage and makes the groups as new. The cell must be gone.
  Result<CgroupUsage> collect_and_reset();

  // False once the next cell's peak could not be told from what this one had or has left here: then
  // make another.
  [[nodiscard]] bool is_as_new() const { return is_as_new_; }

 private:
  friend class Cgroups;
  CellCgroup(const CgroupFiles& files, std::uint64_t memory_bytes_max)
      : files_(&files), memory_bytes_max_(memory_bytes_max) {}
  Result<std::uint32_t> read_oom_kills() const;
  Result<std::uint64_t> read_peak() const;
  [[nodiscard]] bool is_nearly_empty() const;
  void reset_peak(std::uint64_t peak_bytes);

  const CgroupFiles* files_;
  std::uint64_t memory_bytes_max_;
  std::uint64_t limit_bytes_ = 0;
  std::uint32_t oom_kills_before_ = 0;
  std::vector<CgroupDirectory> directories_;  // v1: memory, pids; v2: one for both
  std::vector<UniqueFd> join_files_;
  UniqueFd peak_file_;  // kept: v2 tells the peak since the last reset through the same descriptor
  bool is_as_new_ = true;
};

// The service's own place in the hierarchy, and the maker of its cells' groups.
class Cgroups {
 public:
  // Finds a hierarchy with memory and pids where this process may make groups, and removes what a
  // service that was killed left there. `parent`: a v2 directory to use; empty: found by itself.
  // `ours`: processes of the service, which may be moved within v2 (cgroup_v2_parent.h).
  // Errors: one line that says what is missing and what would give it.
  static Result<std::unique_ptr<Cgroups>> find(const std::string& parent,
                                               const std::vector<pid_t>& ours);

  Result<CellCgroup> make_cell(std::uint32_t slot, std::uint64_t memory_bytes_max) const;

  // End of the path of a cell's groups, as /proc/PID/cgroup shows it.
  [[nodiscard]] static std::string cell_name(std::uint32_t slot);

  // "cgroup v1" or "cgroup v2".
  [[nodiscard]] std::string_view version() const;

 private:
  explicit Cgroups(const CgroupFiles& files) : files_(&files) {}

  const CgroupFiles* files_;
  std::optional<CgroupV2Parent> v2_parent_;  // where parents_ are made; outlives them
  std::vector<CgroupDirectory> parents_;     // ours: v1: memory, pids; v2: one for both
};

}  // namespace forkjail::supervisor
