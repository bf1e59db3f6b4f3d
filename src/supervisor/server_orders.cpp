#include "supervisor/server_orders.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "supervisor/oom_score.h"

namespace forkjail::supervisor {

using protocol::ServerVerb;

void ServerOrders::on_readable() {
  const auto message = server_.receive();
  if (!message) return;
  switch (message->verb) {
    case ServerVerb::spawn:
      return starter_.on_spawn(message->flavour);
    case ServerVerb::end:
      return on_end(message->cell);
    case ServerVerb::limit_memory:
      return on_limit_memory(message->cell, message->value);
    case ServerVerb::measure_memory:
      return on_measure_memory(message->cell);
    case ServerVerb::open_keys:
      return keys_.send();
    case ServerVerb::offer:
      return fleet_.offer(message->flavour);
    case ServerVerb::withdraw:
      return fleet_.withdraw(message->flavour);
    case ServerVerb::run_lasts:
      return long_runs_.begin(message->cell);
    case ServerVerb::run_waits:
      return long_runs_.on_waiting(message->cell);
    case ServerVerb::long_run_over:
      return long_runs_.end(message->cell);
  }
}

void ServerOrders::on_end(protocol::CellId id) {
  Cell* cell = cells_.find(id);
  if (cell == nullptr) return;
  cell->told_to_end = true;
  cell->process.kill();
}

void ServerOrders::on_limit_memory(protocol::CellId id, std::uint64_t bytes) {
  Cell* cell = cells_.find(id);
  const Status status = cell == nullptr ? Status(Error{"limit memory", ESRCH, {}})
                                        : cells_.limit_memory(*cell, bytes);
  server_.send({.verb = protocol::SupervisorVerb::memory_limited,
                .sys_errno = status.ok() ? 0 : std::max(status.error().sys_errno, 1),
                .cell = id});
}

// The first time comes when the session begins: its first state, from which all others descend, is
// there by then.
void ServerOrders::on_measure_memory(protocol::CellId id) {
  Cell* const cell = cells_.find(id);
  if (cell != nullptr && !std::exchange(cell->measured, true)) {
    for (const pid_t state : cells_.further_processes(*cell)) set_highest_oom_score(state);
  }
  const Result<CgroupUsage> now =
      cell == nullptr ? Error{"measure memory", ESRCH, {}} : cells_.measure_memory(*cell);
  server_.send({.verb = protocol::SupervisorVerb::memory_measured,
                .sys_errno = now ? 0 : std::max(now.error().sys_errno, 1),
                .cell = id,
                .memory_bytes = now ? now->memory_bytes : 0,
                .memory_peak_bytes = now ? now->memory_peak_bytes : 0,
                .memory_kill = now ? now->memory_kill : protocol::MemoryKill::none});
}

}  // namespace forkjail::supervisor
