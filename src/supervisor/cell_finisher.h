// How a cell ends: the evidence for the server, its slot, and what is left to do where its zygote
// can no longer report its death.
//
// Supervisor, in its loop, which never waits for a death: a cell whose zygote is gone is killed,
// and looked at in each turn of the loop until it is dead.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "protocol/supervisor_channel.h"
#include "protocol/zygote_channel.h"
#include "supervisor/cell_starter.h"
#include "supervisor/cell_table.h"
#include "supervisor/clock.h"
#include "supervisor/fleet.h"
#include "supervisor/outside_memory_kills.h"
#include "supervisor/server_channel.h"
#include "supervisor/zygote_process.h"

namespace forkjail::supervisor {

class CellFinisher {
 public:
  static constexpr std::chrono::milliseconds kDeathTimeMax{2'000};  // of a killed cell

  // `cgroups_count`: each cell has a memory cgroup, which counts its kills and its peak.
  CellFinisher(bool cgroups_count, CellTable& cells, CellStarter& starter, Fleet& fleet,
               ServerChannel& server, OutsideMemoryKills outside_kills, Now now)
      : cgroups_count_(cgroups_count),
        cells_(cells),
        starter_(starter),
        fleet_(fleet),
        server_(server),
        outside_kills_(std::move(outside_kills)),
        now_(std::move(now)) {}

  // Its zygote reaped it, or found it dead, and reports how it ended. Its slot is free from now on.
  void on_exited(Cell& cell, const protocol::ZygoteMessage& exit) { finish(cell, &exit); }
  // It is dead, and its zygote will never report how it ended.
  void on_found_dead(Cell& cell) { finish(cell, nullptr); }

  // The zygote was reaped. Its cells are killed; finish_dead() does the rest.
  void on_zygote_gone(ZygoteProcess& zygote);
  // Finishes the cells that are awaited and dead. One that does not die keeps its slot, with the
  // uid and the group; where only its number is known (no pidfds), it is given up after
  // kDeathTimeMax.
  void finish_dead();
  [[nodiscard]] bool awaits_deaths() const { return !awaited_.empty(); }
  [[nodiscard]] const std::set<protocol::CellId>& awaited() const { return awaited_; }

  // Slots that waited for their files to be out of reach are free once these are: until then the
  // cell counts as live for the server, which asks for no other in its place.
  void clear_slots();

  // At the end of the service: kills all cells and waits for them, kDeathTimeMax in all at most, so
  // that their cgroups and directories can be removed.
  void end_all();

 private:
  [[nodiscard]] bool is_given_up(const Cell& cell) const;
  void finish(Cell& cell, const protocol::ZygoteMessage* exit);
  [[nodiscard]] protocol::MemoryKill memory_kill_without_cgroup(
      const Cell& cell, const protocol::SupervisorMessage& message);

  bool cgroups_count_;
  CellTable& cells_;
  CellStarter& starter_;
  Fleet& fleet_;
  ServerChannel& server_;
  OutsideMemoryKills outside_kills_;
  Now now_;
  std::set<protocol::CellId> awaited_;  // killed, and their zygote is gone
  std::map<std::uint32_t, protocol::SupervisorMessage> unsent_ends_;  // by slot that is not clear
};

}  // namespace forkjail::supervisor
