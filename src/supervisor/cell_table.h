// The cells that live now, and the slots they live in. A slot is a uid and a cgroup that one cell
// has at a time; it is given out again only when everything of the cell before is gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/pipe.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/supervisor_channel.h"
#include "supervisor/answer_watch.h"
#include "supervisor/cell_process.h"
#include "supervisor/cgroup_cleaner.h"
#include "supervisor/cgroups.h"
#include "supervisor/clock.h"
#include "supervisor/proof_pipes.h"
#include "supervisor/scratch_directories.h"

namespace forkjail::supervisor {

class ZygoteProcess;

// One cell, from the order to clone it until it was reaped.
struct Cell {
  protocol::CellId id = 0;
  std::uint32_t slot = 0;
  ZygoteProcess* zygote = nullptr;           // which clones it; outlives it
  protocol::Flavour flavour{};               // what the server asked for
  bool cloned = false;                       // its zygote said so
  CellProcess process;                       // then, unless it was given up for want of descriptors
  uid_t uid_in_jail = 0;                     // user and group; names its scratch directory, too
  std::uint64_t memory_bytes_max = 0;        // of its own, as the run's limit says
  std::uint64_t resident_bytes_first = 0;    // right after the clone; 0: not looked at
  bool over_memory = false;                  // killed for it by the watch, where no cgroup does
  bool measured = false;                     // at least once
  bool told_to_end = false;                  // by the server, which had it killed
  protocol::ScratchExcess scratch_excess{};  // killed for it, where no tmpfs bounds its files
  std::optional<ProofProgress> proof;        // the supervisor's own, never given to the server
  std::optional<Clock::time_point> death_awaited_since;  // its zygote is gone, and it was killed
  AnswerWatch answer;
  // The server was told that it could not be started. It keeps its slot until nothing of it is
  // left.
  bool given_up = false;
  // A session's first process is a keeper, and `request` a stream socket: the server's end is
  // `write_end`, the cell's `read_end`.
  bool has_keeper = false;
  Pipe request;  // our ends go to the server once it is cloned, the cell's at once
  Pipe reply;
  Pipe stdout_pipe;
  Pipe stderr_pipe;

  // Given up, and without a process that we know of.
  [[nodiscard]] bool is_only_a_slot() const { return given_up && !process.exists(); }
  // Our ends and the cell's, as far as they are open here.
  void close_pipes() {
    for (Pipe* pipe : {&request, &reply, &stdout_pipe, &stderr_pipe}) *pipe = {};
  }
};

// What a cell is made for.
enum class CellUse { run, session, proof };

class CellTable {
 public:
  // What a slot is made of. The pointers may be null (no hierarchy to use; a tmpfs in each cell)
  // and outlive the table.
  struct Means {
    Cgroups* cgroups = nullptr;
    CgroupCleaner* cleaner = nullptr;  // there is one where there are cgroups
    ScratchDirectories* scratch = nullptr;
    std::uint64_t memory_bytes_max = 0;
    std::uint64_t session_memory_bytes_max = 0;
    bool sessions_have_keepers = false;
    uid_t uid_of_first_slot = 0;  // inside the jail
    bool uid_a_slot = true;       // else all cells have that one
    bool own_uid = true;          // the cells really become it
  };
  CellTable(std::uint32_t slots_max, const Means& means) : slots_(slots_max), means_(means) {}

  // Takes a free slot and makes the pipes. Errors: EAGAIN when no slot is free, EMFILE, cgroup's.
  Result<Cell*> add(ZygoteProcess& zygote, protocol::Flavour flavour, CellUse use);
  [[nodiscard]] Cell* find(protocol::CellId id);
  [[nodiscard]] std::vector<Cell*> cells_of(const ZygoteProcess& zygote);
  [[nodiscard]] std::map<protocol::CellId, Cell>& all() { return cells_; }

  // Files that move a process into the cell's groups; empty without cgroups.
  [[nodiscard]] std::span<const UniqueFd> join_files(const Cell& cell) const;
  // End of the path of the cell's groups; empty without cgroups.
  [[nodiscard]] std::string cgroup_name(const Cell& cell) const;
  Status limit_memory(Cell& cell, std::uint64_t bytes);
  // CellCgroup::measure(). Errors: ENOENT without cgroups, and as read(2).
  Result<CgroupUsage> measure_memory(const Cell& cell);
  // Processes of the cell's group beside its first, which of a session is the keeper.
  [[nodiscard]] std::vector<pid_t> further_processes(const Cell& cell) const;
  // Of all its processes that may run a script, as far as the kernel tells.
  [[nodiscard]] std::chrono::microseconds cpu_time(const Cell& cell) const;
  // Behind all that run elsewhere for the processor, or where it was. Errors: ENOENT, there is no
  // such place here; and as write(2).
  Status put_behind(const Cell& cell, bool behind);
  // At its threads, where it has a control group (second_look.h).
  Status look_again(const Cell& cell);
  // Whether its group tells its peak of memory.
  [[nodiscard]] bool peak_is_counted(const Cell& cell) const;
  // Where it keeps its files, as the supervisor sees it; empty where each cell has a tmpfs.
  [[nodiscard]] std::string scratch_directory(const Cell& cell) const;

  // A cell without a pidfd outlived its zygote and was reaped by us: its number is not its own now.
  void orphan_reaped(pid_t pid);

  // The cell is gone: reads what it used, clears its slot and forgets it. A slot whose files could
  // not be put out of reach is not free: clear_again() tries, and says when it is.
  struct Removed {
    Result<CgroupUsage> usage;
    std::uint32_t slot;
    bool is_clear;
  };
  Removed remove(const Cell& cell);
  // Slots that are free now and were not.
  std::vector<std::uint32_t> clear_again();
  [[nodiscard]] bool all_are_clear() const { return unclear_.empty(); }

 private:
  struct Slot {
    bool taken = false;
    std::optional<CellCgroup> cgroup;  // made with the first cell of the slot
  };

  Result<std::uint32_t> take_slot();
  // Beside a keeper, which never runs one.
  [[nodiscard]] std::vector<pid_t> script_processes(const Cell& cell) const;
  [[nodiscard]] std::uint64_t memory_bytes_max(const Cell& cell) const {
    return protocol::is_session(cell.flavour) ? means_.session_memory_bytes_max
                                              : means_.memory_bytes_max;
  }
  // Of a cell that is gone: its group serves the next cell, or is removed.
  Result<CgroupUsage> collect(Slot& slot);
  [[nodiscard]] uid_t uid_of(std::uint32_t slot) const {
    return means_.uid_of_first_slot + (means_.uid_a_slot ? slot : 0);
  }

  std::vector<Slot> slots_;
  Means means_;
  std::vector<std::uint32_t> unclear_;  // taken, without a cell
  std::map<protocol::CellId, Cell> cells_;
  protocol::CellId last_id_ = 0;
};

}  // namespace forkjail::supervisor
