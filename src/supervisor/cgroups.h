// The control groups of the cells, for memory, processes and the processor: one group per slot,
// made once and reused, since making one costs more than clearing one. cgroups(7); version 1 and 2
// both serve, whichever has the memory controller (v1:
// Documentation/admin-guide/cgroup-v1/memory.rst, v2: cgroup-v2.rst).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/supervisor_channel.h"
#include "supervisor/cgroup_directory.h"
#include "supervisor/cgroup_v2_parent.h"
#include "supervisor/time_slices.h"

namespace forkjail::supervisor {

struct CgroupFiles;  // the names that differ between v1 and v2, cgroups.cpp

// What a cell used or uses.
struct CgroupUsage {
  std::uint64_t memory_bytes = 0;  // of measure(): what it holds now
  std::uint64_t memory_peak_bytes = 0;
  protocol::MemoryKill memory_kill{};
};

// What happens to a group when its cell is gone.
enum class CgroupNextUse {
  another_cell,  // it is as new
  removal,       // the next cell's peak could not be told from what this one had or has left here
  emptying,      // likewise, and what is left is kernel memory that would outlive the group
};

// The groups of one slot, for one cell after another.
class CellCgroup {
 public:
  // Opened here: a process that holds one, and has one thread, moves itself in by writing "0".
  [[nodiscard]] std::span<const UniqueFd> join_files() const { return join_files_; }

  // Bytes for the cell's own memory; the slack for parking it is added.
  Status set_memory_limit(std::uint64_t bytes);

  // Whether it gives way to all other groups for the processor: then it is idle for the scheduler
  // (cpu.idle, Linux 5.15; se_is_idle() in kernel/sched/fair.c). What wakes in another group takes
  // the processor at once, and a processor that idle groups alone use counts as free. No process is
  // moved for it. Only after Cgroups::weigh_cells().
  Status set_idle(bool idle);
  // Of all its threads, and of those that they start. Only after Cgroups::weigh_cells().
  Status set_time_slices(TimeSlice slice);
  // At its threads, whose usual niceness is ours (second_look.h).
  [[nodiscard]] Status look_again() const;

  // What its processes and files hold now; the most that they held, and whether one of them was
  // killed, since the last time. The peak is 0 where it cannot be reset (v2 before Linux 6.12).
  Result<CgroupUsage> measure();

  // As this process numbers them; those that the kernel does not show here are missing.
  [[nodiscard]] std::vector<pid_t> processes() const;

  // Reads the cell's usage and makes the groups as new. The cell must be gone.
  Result<CgroupUsage> collect_and_reset();

  // After collect_and_reset(). If it is not another cell's use, make another group.
  [[nodiscard]] CgroupNextUse next_use() const { return next_use_; }

  // Not so with v2 before Linux 5.19.
  [[nodiscard]] bool tells_peak() const { return peak_file_.valid(); }

  // End of the path of the groups, as /proc/PID/cgroup shows it.
  [[nodiscard]] const std::string& name() const { return name_; }

  // The groups themselves, to be emptied, and the file that does it (cgroup_cleaner.h).
  [[nodiscard]] std::vector<CgroupDirectory> take_directories() { return std::move(directories_); }
  [[nodiscard]] std::string emptying_file() const;

 private:
  friend class Cgroups;
  CellCgroup(const CgroupFiles& files, std::string name, std::uint64_t memory_bytes_max)
      : files_(&files), name_(std::move(name)), memory_bytes_max_(memory_bytes_max) {}
  struct OomEvents {
    std::uint64_t kills = 0;
    std::optional<std::uint64_t> own_limit;  // what it refused; nothing: v1
  };
  [[nodiscard]] std::string threads_file() const;  // of the group that has the cpu controller
  [[nodiscard]] Result<OomEvents> read_oom_events() const;
  [[nodiscard]] std::uint64_t read_kernel_memory() const;
  Result<std::uint64_t> read_peak() const;
  Result<protocol::MemoryKill> read_memory_kill(std::uint64_t peak_bytes);
  [[nodiscard]] CgroupNextUse next_use_after(std::uint64_t peak_bytes);

  const CgroupFiles* files_;
  std::string name_;
  std::uint64_t memory_bytes_max_;
  std::uint64_t limit_bytes_ = 0;
  std::string cpu_path_;  // of the group that has the cpu controller; empty: none
  bool is_idle_ = false;
  OomEvents oom_events_before_;
  std::vector<CgroupDirectory> directories_;  // v1: memory, pids; v2: one for both
  std::optional<CgroupDirectory> cpu_;        // v1
  std::vector<UniqueFd> join_files_;
  UniqueFd peak_file_;  // kept: v2 tells the peak since the last reset through the same descriptor
  CgroupNextUse next_use_ = CgroupNextUse::another_cell;
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

  Result<CellCgroup> make_cell(std::uint32_t slot, std::uint64_t memory_bytes_max);

  // v2: server and supervisor ahead of the cells for the processor (cpu_weights.h).
  Status weigh_service();
  void weigh_service_no_more();
  // Each cell that is made from now on has a share of its own, and CellCgroup::set_idle() works.
  // `v1_outer`: where zygotes are in a cpu hierarchy of version 1; empty: version 2.
  Status weigh_cells(const std::string& v1_outer);

 private:
  Status give_share(CellCgroup& cell, const std::string& group) const;
  explicit Cgroups(const CgroupFiles& files) : files_(&files) {}

  const CgroupFiles* files_;
  std::optional<CgroupV2Parent> v2_parent_;  // where parents_ are made; outlives them
  std::vector<CgroupDirectory> parents_;     // ours: v1: memory, pids; v2: one for both
  std::string cpu_outer_;                    // v1: the group of each cell is made there
  bool weighs_cells_ = false;
  std::uint64_t made_ = 0;  // a group that is still being emptied has its name to itself
};

}  // namespace forkjail::supervisor
