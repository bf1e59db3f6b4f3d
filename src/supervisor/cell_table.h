// The cells that live now, and the slots they live in. A slot is a uid and a cgroup that one cell
// has at a time; it is given out again only when everything of the cell before is gone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/pipe.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/supervisor_channel.h"
#include "supervisor/cgroups.h"

namespace forkjail::supervisor {

class Worker;

// One cell, from the order to clone it until it was reaped.
struct Cell {
  protocol::CellId id = 0;
  std::uint32_t slot = 0;
  Worker* worker = nullptr;  // which cloned it; outlives it
  UniqueFd pidfd;            // once cloned
  pid_t pid = 0;             // the same, as a number of our pid namespace
  bool for_proof = false;    // the supervisor's own, never given to the server
  Pipe request;              // our ends go to the server once it is cloned, the cell's at once
  Pipe reply;
  Pipe stdout_pipe;
  Pipe stderr_pipe;
};

class CellTable {
 public:
  // `cgroups` may be absent (no hierarchy to use) and outlives the table.
  CellTable(std::uint32_t slots_max, const Cgroups* cgroups, std::uint64_t memory_bytes_max)
      : slots_(slots_max), cgroups_(cgroups), memory_bytes_max_(memory_bytes_max) {}

  // Takes a free slot and makes the pipes. Errors: EAGAIN when no slot is free, EMFILE, cgroup's.
  Result<Cell*> add(Worker& worker, bool for_proof);
  [[nodiscard]] Cell* find(protocol::CellId id);
  [[nodiscard]] std::vector<Cell*> cells_of(const Worker& worker);

  // uid of the cell inside its jail, 1,000 and up: not the zygote's, not a usual system uid.
  [[nodiscard]] static uid_t uid_in_jail(const Cell& cell) { return kUidOfFirstSlot + cell.slot; }
  // Files that move a process into the cell's groups; empty without cgroups.
  [[nodiscard]] std::span<const UniqueFd> procs_files(const Cell& cell) const;
  // End of the path of the cell's groups; empty without cgroups.
  [[nodiscard]] std::string cgroup_name(const Cell& cell) const;
  Status limit_memory(const Cell& cell, std::uint64_t bytes);

  // The cell is gone: reads what it used, clears its slot and forgets it.
  Result<CgroupUsage> remove(const Cell& cell);

 private:
  static constexpr uid_t kUidOfFirstSlot = 1'000;

  struct Slot {
    bool taken = false;
    std::optional<CellCgroup> cgroup;  // made with the first cell of the slot
  };

  Result<std::uint32_t> take_slot();

  std::vector<Slot> slots_;
  const Cgroups* cgroups_;
  std::uint64_t memory_bytes_max_;
  std::map<protocol::CellId, Cell> cells_;
  protocol::CellId last_id_ = 0;
};

}  // namespace forkjail::supervisor
