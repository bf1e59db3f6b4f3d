#include "server/sessions/process_cell.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "base/cpu_clock.h"

namespace forkjail::server {
namespace {

constexpr std::chrono::milliseconds kFirstPause{1'000};  // between two looks at an idle one
constexpr std::chrono::milliseconds kLastPause{10'000};

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
  runs_ = true;
  written_ = false;
  idle_timer_.cancel();
  cell().begin_next_run();
  RunReport report;
  {
    Run run(executor_, *this, request, options_, events);
    report = co_await run.execute(interruption);
  }
  runs_ = false;
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
  idle_since_ = Clock::now();
  idle_zero_ = cpu_time_used();
  idle_pause_ = kFirstPause;
  look_later();
}

void ProcessCell::look_later() {
  idle_timer_.expires_after(idle_pause_);
  idle_timer_.async_wait(
      [this, alive = std::weak_ptr<bool>(alive_)](const boost::system::error_code& ec) {
        if (!ec && !alive.expired()) look();
      });
}

void ProcessCell::look() {
  if (runs_ || lost_ || !lease_) return;
  const auto used = cpu_time_of(cell().pid());
  const auto allowed = kIdleCpuMax + (Clock::now() - idle_since_) / kIdlePart;
  if (!used || *used - idle_zero_ > allowed) {
    spdlog::info("a session ends: its process used the CPU between two runs");
    return lose();
  }
  idle_pause_ = std::min(2 * idle_pause_, kLastPause);
  look_later();
}

void ProcessCell::lose() {
  if (std::exchange(lost_, true)) return;
  idle_timer_.cancel();
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
