#include "server/cells/session_cell.h"

#include <sys/uio.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <span>
#include <utility>

namespace forkjail::server {

using protocol::KeeperOrder;
using protocol::KeeperReport;
using protocol::KeeperReportVerb;
using protocol::KeeperVerb;
using protocol::RunEnd;

SessionCell::SessionCell(CellLease lease, SessionListener& listener)
    : lease_(std::move(lease)), listener_(listener) {}

SessionCell::~SessionCell() { end(); }

void SessionCell::end() {
  if (!lease_) return;
  cell().on_memory_measured({});
  lease_.give_back();
}

Status SessionCell::begin() {
  cell().on_memory_measured([this](const MemoryNow& now) { on_measured(now); });
  measure_memory();  // with it the supervisor learns that the states are there
  return cell().listen_to_reports([this] { read_reports(); });
}

// --- orders --------------------------------------------------------------------------------------

void SessionCell::plan_run(const RunPlan& plan) {
  give_place_back();  // what the run before has left to do takes its chances with this one
  plan_ = plan;
  ++run_;
  refusal_ = 0;
  run_over_ = false;
  settled_ = false;
  end_to_judge_.reset();
  kill_since_begin_ = protocol::MemoryKill::none;
  peak_since_begin_ = 0;
  cell().begin_next_run();
}

std::string SessionCell::ahead_of_request(std::uint64_t bytes) {
  const KeeperOrder order{.verb = KeeperVerb::run,
                          .run = run_,
                          .state = plan_.from,
                          .new_state = plan_.new_state,
                          .request_bytes = bytes,
                          .cpu_time_ms = static_cast<std::uint64_t>(plan_.cpu_time.count())};
  writing_ = true;
  return {reinterpret_cast<const char*>(&order), sizeof order};
}

void SessionCell::on_request_written() {
  writing_ = false;
  for (const KeeperOrder& held : std::exchange(held_orders_, {})) order(held);
}

// A run whose reply is complete ends by itself: the state that it made is not killed for that.
void SessionCell::end_run() {
  if (!has_replied()) stop_unreturned();
}

void SessionCell::stop_unreturned() {
  if (!run_over_) order({.verb = KeeperVerb::stop, .run = run_});
}

void SessionCell::run_lasts() {
  if (lease_ && !std::exchange(is_long_, true)) lease_.run_lasts();
}

void SessionCell::run_waits() {
  if (lease_) lease_.run_waits();
}

void SessionCell::give_place_back() {
  if (std::exchange(is_long_, false) && lease_) lease_.give_place_back();
}

// The run need not wait for an answer.
void SessionCell::limit_memory(std::uint64_t /*bytes*/) { cell().memory_limited(); }

// A run whose reply is complete has made its state, though the keeper has not said so yet.
protocol::StateId SessionCell::at() const {
  return !run_over_ && has_replied() ? plan_.new_state : at_;
}

void SessionCell::drop(protocol::StateId state) {
  order({.verb = KeeperVerb::drop, .state = state});
}

void SessionCell::go_to(protocol::StateId state) {
  order({.verb = KeeperVerb::go_to, .state = state});
}

void SessionCell::go_to_for_next_run(protocol::StateId state) {
  order({.verb = KeeperVerb::go_to, .run = run_ + 1, .state = state});
}

void SessionCell::measure_memory() {
  if (gone_) return;
  ++measures_asked_;
  lease_.measure_memory();
}

// An order is short and the keeper reads all the time: if an order does not fit, the keeper hangs,
// and the session is useless.
void SessionCell::order(const KeeperOrder& order) {
  if (gone_ || !lease_) return;
  if (writing_) return held_orders_.push_back(order);
  const iovec bytes{const_cast<KeeperOrder*>(&order), sizeof order};  // NOLINT(*-const-cast)
  const auto written = cell().write_request(std::span(&bytes, 1));
  if (!written || *written != sizeof order) lose();
}

// --- reports -------------------------------------------------------------------------------------

void SessionCell::read_reports() {
  if (!lease_) return;
  const std::shared_ptr<Cell> held = lease_.cell().shared_from_this();
  while (!gone_) {
    const auto read = held->read_reports(std::span(report_).subspan(report_filled_));
    if (read.ended) return lose();
    if (read.bytes == 0) return;
    report_filled_ += read.bytes;
    if (report_filled_ < report_.size()) continue;
    report_filled_ = 0;
    KeeperReport report;
    std::memcpy(&report, report_.data(), sizeof report);
    on_report(report);
  }
}

void SessionCell::on_report(const KeeperReport& report) {
  if (report.magic != protocol::kKeeperMagic) return lose();
  switch (report.verb) {
    case KeeperReportVerb::run_over:
      return on_run_over(report);
    case KeeperReportVerb::run_refused:
      if (report.run != run_) return;
      refusal_ = report.sys_errno;
      settle();
      return cell().set_end({.status_known = false});
    case KeeperReportVerb::kept:
      return listener_.on_kept(report.state);
    case KeeperReportVerb::keep_failed:
      return listener_.on_keep_failed(report.state, report.sys_errno);
    case KeeperReportVerb::state_lost:
      return listener_.on_state_lost(report.state);
    case KeeperReportVerb::went_back:
      at_ = report.state;
      return listener_.on_went_back(report.state);
    case KeeperReportVerb::at:
      if (report.sys_errno == 0) at_ = report.state;
      return listener_.on_at(report.state);
    case KeeperReportVerb::idle:
      if (report.run == run_) settle();
      return;
  }
  lose();
}

// A kill that was not ordered here: the kernel's count of out-of-memory kills tells whether it was
// one. The memory is measured for that, and where the peak is asked for.
void SessionCell::on_run_over(const KeeperReport& report) {
  if (report.run != run_) return;  // its answer was complete before
  run_over_ = true;
  at_ = report.state;
  // Killed behind its reply: the state that it promised does not exist.
  const bool promised = has_replied() && plan_.new_state != plan_.from;
  if (promised && report.end != RunEnd::returned) listener_.on_state_lost(plan_.new_state);
  const CellEnd end{.wait_status = report.wait_status,
                    .status_known = true,
                    .cpu_time = std::chrono::microseconds(report.cpu_time_us)};
  const bool was_killed =
      WIFSIGNALED(report.wait_status) && WTERMSIG(report.wait_status) == SIGKILL;
  kill_to_judge_ = report.end == RunEnd::died && was_killed;
  has_returned_ = report.end == RunEnd::returned;
  if (kill_to_judge_ || plan_.measures_peak) {
    end_to_judge_ = end;
    measure_memory();
    judged_by_ = measures_asked_;
  } else {
    set_end(end);
  }
}

// With it the run reads what is left of its reply, which may come later than the report.
void SessionCell::set_end(const CellEnd& end) {
  cell().set_end(end);
  if (has_returned_) leave_state_without_reply();
}

// Where the keeper has gone without a report of the run, the end of the cell is the keeper's own:
// one that exits by itself ends a session that was tampered with; one that was killed tells nothing
// of the run.
std::optional<CellEnd> SessionCell::end_of_run() const {
  auto end = cell().end();
  if (end && gone_ && !run_over_) {
    end->status_known = end->status_known && WIFEXITED(end->wait_status);
  }
  return end;
}

// A state that waits for the next order without having replied to the last one has been tampered
// with: the session does not go on from it.
void SessionCell::leave_state_without_reply() {
  if (gone_ || !lease_ || has_replied()) return;
  go_to(plan_.from);
  if (plan_.new_state != plan_.from) drop(plan_.new_state);
}

void SessionCell::on_measured(const MemoryNow& now) {
  ++measures_answered_;
  if (now.kill_since != protocol::MemoryKill::none) kill_since_begin_ = now.kill_since;
  peak_since_begin_ = std::max(peak_since_begin_, now.peak_since);
  if (end_to_judge_ && measures_answered_ >= judged_by_) {
    CellEnd end = *std::exchange(end_to_judge_, std::nullopt);
    if (kill_to_judge_) end.memory_kill = kill_since_begin_;
    if (plan_.measures_peak) end.memory_peak_bytes = peak_since_begin_;
    set_end(end);
  }
  listener_.on_memory(now);
}

void SessionCell::settle() {
  if (std::exchange(settled_, true)) return;
  give_place_back();
  listener_.on_settled();
}

void SessionCell::lose() {
  if (std::exchange(gone_, true)) return;
  if (lease_) lease_.end_run();
  settle();
  listener_.on_gone();
}

}  // namespace forkjail::server
