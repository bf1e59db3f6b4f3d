#include "server/sessions/process_cell.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "base/cpu_clock.h"

namespace forkjail::server {
namespace {

// Of CPU time that a process takes to return behind its reply; some kernels count in such steps.
constexpr std::chrono::milliseconds kReturnCpuMax{10};

}  // namespace

ProcessCell::ProcessCell(const Executor& executor, CellLease lease, const RunOptions& options,
                         HeldCellEvents& events)
    : executor_(executor),
      lease_(std::move(lease)),
      options_(options),
      events_(events),
      idle_timer_(executor) {
  cell().observe(this);
  cell().on_memory_measured([this](const MemoryNow& now) { events_.on_memory(now.bytes); });
}

bool ProcessCell::has_clock() const { return cpu_time_of(cell().pid()).has_value(); }

Task<RunReport> ProcessCell::run(const ExecutionRequest& request, StateId /*from*/,
                                 StateId /*new_state*/, Interruption& interruption,
                                 RunEvents* events) {
  idle_timer_.cancel();
  RunReport report;
  report.handed_over = !idle_.goes_on() || idles_in_bounds();
  if (report.handed_over) {
    report = co_await run_here(request, interruption, events);
  } else {
    lose_for_idle_cpu();
  }
  co_return report;
}

Task<RunReport> ProcessCell::run_here(const ExecutionRequest& request, Interruption& interruption,
                                      RunEvents* events) {
  idle_.end();
  written_ = false;
  cell().begin_next_run();
  RunReport report;
  {
    Run run(executor_, *this, request, options_, events);
    report = co_await run.execute(interruption);
  }
  cell().observe(this);
  // A reply to half a request was not made by the harness: the rest would be taken for the next
  // one.
  if (cell().gone() || !report.handed_over || !written_) {
    lose();
  } else if (has_replied()) {
    begin_idling();
  }
  co_return report;
}

std::chrono::microseconds ProcessCell::cpu_time_used() const {
  return cpu_time_of(cell().pid()).value_or(std::chrono::microseconds{0});
}

// The process that has replied goes on; there is no evidence of an end to wait for.
void ProcessCell::end_run() {
  if (!has_replied()) return lease_.end_run();
  cell().set_end({.status_known = true, .cpu_time = cpu_time_used()});
}

// The session's own limit was set when it began.
void ProcessCell::limit_memory(std::uint64_t /*bytes*/) { cell().memory_limited(); }

void ProcessCell::on_readable(Cell& /*cell*/, CellPipe /*pipe*/) {
  // What threads write between two runs is dropped when the next one begins.
}

void ProcessCell::on_ended(Cell& cell) {
  if (cell.gone()) lose();
}

void ProcessCell::begin_idling() {
  lease_.measure_memory();
  idle_.begin(Clock::now(), cpu_time_used() + kReturnCpuMax);
  look_later();
}

// A process whose clock cannot be read any more is gone, or might do anything.
bool ProcessCell::idles_in_bounds() {
  const auto used = cpu_time_of(cell().pid());
  return used && idle_.look(Clock::now(), *used);
}

void ProcessCell::look_later() {
  idle_timer_.expires_at(idle_.next_look());
  idle_timer_.async_wait(
      [this, alive = std::weak_ptr<bool>(alive_)](const boost::system::error_code& ec) {
        if (!ec && !alive.expired()) look();
      });
}

void ProcessCell::look() {
  if (!idle_.goes_on() || !lease_) return;
  if (!idles_in_bounds()) return lose_for_idle_cpu();
  look_later();
}

void ProcessCell::lose_for_idle_cpu() {
  spdlog::info("a session ends: its process used the CPU between two runs");
  lose();
}

void ProcessCell::lose() {
  if (std::exchange(lost_, true)) return;
  idle_timer_.cancel();
  idle_.end();
  if (lease_) lease_.end_run();
  events_.on_ended();
}

void ProcessCell::end() {
  if (!lease_) return;
  idle_timer_.cancel();
  cell().on_memory_measured({});
  lease_.give_back();
}

}  // namespace forkjail::server
