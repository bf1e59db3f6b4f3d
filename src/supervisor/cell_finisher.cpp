#include "supervisor/cell_finisher.h"

#include <spdlog/spdlog.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "supervisor/memory_watch.h"

namespace forkjail::supervisor {

using protocol::MemoryKill;
using protocol::SupervisorMessage;
using protocol::SupervisorVerb;
using protocol::ZygoteMessage;

// Where no cgroup counts a cell's memory: the supervisor's own watch killed it, or the kernel did
// for the group of the service.
MemoryKill CellFinisher::memory_kill_without_cgroup(const Cell& cell,
                                                    const SupervisorMessage& message) {
  if (cgroups_count_) return MemoryKill::none;
  if (cell.over_memory) return MemoryKill::own_limit;
  const bool unexplained = message.status_known != 0 && WIFSIGNALED(message.wait_status) &&
                           WTERMSIG(message.wait_status) == SIGKILL && !cell.told_to_end &&
                           cell.scratch_excess == protocol::ScratchExcess::none;
  return unexplained && outside_kills_.look() ? MemoryKill::outside : MemoryKill::none;
}

void CellFinisher::finish(Cell& cell, const ZygoteMessage* exit) {
  SupervisorMessage message{.verb = SupervisorVerb::cell_ended, .cell = cell.id};
  if (exit != nullptr) {
    message.status_known = 1;
    message.wait_status = exit->wait_status;
    message.cpu_time_us = exit->cpu_time_us;
    message.memory_peak_bytes = MemoryWatch::own_peak(cell, exit->resident_peak_bytes);
  }
  message.memory_kill = memory_kill_without_cgroup(cell, message);
  message.scratch_excess = cell.scratch_excess;
  ZygoteProcess& zygote = *cell.zygote;
  const bool server_waits = !cell.proof && !cell.given_up;
  const pid_t held = cell.process.is_held() ? cell.process.pid() : 0;
  const auto removed = cells_.remove(cell);
  const auto& usage = removed.usage;
  if (exit != nullptr && held > 0) zygote.send_reap(held);  // its number is not used here any more
  if (!usage) {
    spdlog::error("clear cgroup: {}", usage.error().to_string());
  } else if (cgroups_count_) {
    message.memory_kill = usage->memory_kill;
    if (usage->memory_peak_bytes != 0) message.memory_peak_bytes = usage->memory_peak_bytes;
  }
  if (server_waits && removed.is_clear) server_.send(message);
  if (server_waits && !removed.is_clear) unsent_ends_[removed.slot] = message;
  fleet_.end_if_done(zygote);
  if (zygote.state == ZygoteState::proving) {
    fleet_.on_failed(zygote, Error{"prove the isolation", 0, "the first cell died"});
  }
}

void CellFinisher::on_zygote_gone(ZygoteProcess& zygote) {
  fleet_.on_failed(zygote, Error{"zygote", 0, "nsjail or the zygote exited by itself"});
  for (Cell* cell : cells_.cells_of(zygote)) {
    cell->process.kill();
    cell->death_awaited_since = now_();
    awaited_.insert(cell->id);
  }
}

void CellFinisher::finish_dead() {
  const std::vector<protocol::CellId> awaited(awaited_.begin(), awaited_.end());
  for (const protocol::CellId id : awaited) {
    Cell* const cell = cells_.find(id);
    if (cell == nullptr) {
      awaited_.erase(id);
    } else if (!cell->process.exists()) {
      starter_.on_clone_failed(*cell, Error{"clone", ECHILD, "the zygote is gone"});
    } else if (cell->process.is_dead() || is_given_up(*cell)) {
      on_found_dead(*cell);
    }
  }
  std::erase_if(awaited_, [this](protocol::CellId id) { return cells_.find(id) == nullptr; });
}

bool CellFinisher::is_given_up(const Cell& cell) const {
  const bool only_a_number = cell.process.descriptor() < 0;
  return only_a_number && now_() - *cell.death_awaited_since > kDeathTimeMax;
}

void CellFinisher::clear_slots() {
  if (cells_.all_are_clear()) return;
  for (const std::uint32_t slot : cells_.clear_again()) {
    if (const auto end = unsent_ends_.extract(slot)) server_.send(end.mapped());
  }
}

void CellFinisher::end_all() {
  for (auto& [id, cell] : cells_.all()) {
    cell.process.kill();
    cell.request = {};  // a cell still being cloned has no process: the closed pipe ends it
  }
  const auto deadline = Clock::now() + kDeathTimeMax;
  for (const auto& [id, cell] : cells_.all()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    cell.process.wait_for_death(std::max(left, std::chrono::milliseconds{0}));
  }
}

}  // namespace forkjail::supervisor
