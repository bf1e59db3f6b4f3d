#include "server/sessions/session_cells.h"

#include <cerrno>
#include <chrono>
#include <memory>
#include <utility>

#include "server/cells/session_cell.h"
#include "server/sessions/process_cell.h"
#include "server/sessions/settling_run.h"

namespace forkjail::server {
namespace {

// Longer than a run has to return (SettlingRun) and the keeper waits for a copy
// (Keeper::kForkTimeMax).
constexpr std::chrono::seconds kAnswerTimeMax{20};

class KeeperCell final : public HeldCell, private SessionListener {
 public:
  KeeperCell(const Executor& executor, CellLease lease, const RunOptions& options,
             HeldCellEvents& events)
      : executor_(executor),
        options_(options),
        events_(events),
        timer_(executor),
        cell_(std::move(lease), *this),
        settling_(executor, cell_, {}) {}

  [[nodiscard]] Status begin() { return cell_.begin(); }

  // HeldCell
  Task<RunReport> run(const ExecutionRequest& request, StateId from, StateId new_state,
                      Interruption& interruption, RunEvents* events) override {
    // What the process of another state may still write is not this run's.
    if (cell_.at() != from) co_await go_and_wait(from);
    const bool measures_peak = request.include.has(AnswerPart::usage);
    if (measures_peak) co_await measure_and_wait();  // what was held before is not this run's
    settling_.end();
    cell_.plan_run({.from = from,
                    .new_state = new_state,
                    .cpu_time = request.limits.cpu_time,
                    .measures_peak = measures_peak});
    RunReport report;
    report.handed_over = !cell_.gone();
    if (report.handed_over) report = co_await run_here(request, interruption, events);
    co_return report;
  }
  [[nodiscard]] bool state_was_gone() const override { return cell_.refusal() == ESRCH; }
  [[nodiscard]] bool is_settled() const override { return cell_.is_settled(); }
  void catch_up() override { cell_.catch_up(); }
  void drop(StateId state) override { cell_.drop(state); }
  void go_to(StateId state) override { cell_.go_to(state); }
  void end() override {
    settling_.end();
    cell_.end();
  }

 private:
  enum class Awaited { nothing, state, memory };

  Task<RunReport> run_here(const ExecutionRequest& request, Interruption& interruption,
                           RunEvents* events) {
    Run run(executor_, cell_, request, options_, events);
    RunReport report = co_await run.execute(interruption);
    if (cell_.refusal() != 0) report.handed_over = false;
    if (!cell_.is_settled()) settling_.begin();
    co_return report;
  }
  // Until the processes of other states sleep or are gone: what they have written is not the next
  // run's. A keeper that does not tell it in time has lost hold of them: the session ends.
  Task<void> go_and_wait(StateId state) {
    awaited_state_ = state;
    cell_.go_to_for_next_run(state);
    co_await wait_for(Awaited::state);
    if (awaited_state_ != 0) cell_.lose();
  }
  Task<void> measure_and_wait() {
    cell_.measure_memory();
    if (!cell_.is_measured()) co_await wait_for(Awaited::memory);
  }
  Task<void> wait_for(Awaited awaited) {
    awaited_ = awaited;
    timer_.expires_after(kAnswerTimeMax);
    co_await timer_.async_wait(use_task);
    awaited_ = Awaited::nothing;
  }
  void on_answer(Awaited answer) {
    if (awaited_ == answer) timer_.cancel();
  }

  // SessionListener
  void on_kept(StateId state) override {
    events_.on_kept(state);
    cell_.measure_memory();
  }
  void on_keep_failed(StateId state, int sys_errno) override {
    events_.on_keep_failed(state, sys_errno);
  }
  void on_state_lost(StateId state) override { events_.on_state_lost(state); }
  void on_went_back(StateId state) override { events_.on_went_back(state); }
  void on_at(StateId state) override {
    // Not for an order before: the process of the state that is left may still write until then.
    if (state != awaited_state_) return;
    awaited_state_ = 0;
    on_answer(Awaited::state);
  }
  void on_settled() override {
    settling_.end();
    events_.on_settled();
  }
  void on_memory(const MemoryNow& now) override {
    events_.on_memory(now.bytes);
    if (cell_.is_measured()) on_answer(Awaited::memory);
  }
  void on_gone() override {
    timer_.cancel();
    events_.on_ended();
  }

  Executor executor_;
  RunOptions options_;
  HeldCellEvents& events_;
  Timer timer_;
  Awaited awaited_ = Awaited::nothing;
  StateId awaited_state_ = 0;
  SessionCell cell_;
  SettlingRun settling_;
};

Refused cell_is_of_no_use() {
  return {Refusal::cell_lost, "the session's cell died before it could be used; try again", 1};
}

// Nothing would bound what a script has left running between two runs.
Refused has_no_clock() {
  return {Refusal::not_ready,
          "sessions need to read the CPU time of their processes, which this place does not allow",
          60};
}

}  // namespace

Task<std::variant<std::unique_ptr<HeldCell>, Refused>> SessionCells::take(
    HeldCellEvents& events, std::uint64_t memory_bytes, Interruption& interruption,
    PartyPtr party) {
  Admittance admittance =
      co_await admission_.admit(protocol::Flavour::session, interruption, std::move(party));
  if (auto* const refused = std::get_if<Refused>(&admittance)) co_return std::move(*refused);
  Admitted& admitted = std::get<Admitted>(admittance);
  if (memory_bytes < memory_bytes_max_) admitted.cell.limit_memory(memory_bytes);
  admitted.slot.give_back();  // a session that does not run takes no slot
  if (!have_checkpoints()) {
    auto process =
        std::make_unique<ProcessCell>(executor_, std::move(admitted.cell), options_, events);
    if (!process->has_clock()) co_return has_no_clock();
    co_return process;
  }
  auto cell = std::make_unique<KeeperCell>(executor_, std::move(admitted.cell), options_, events);
  if (!cell->begin()) co_return cell_is_of_no_use();
  co_return cell;
}

bool SessionCells::have_checkpoints() const {
  const auto& report = pool_.zygote_report();
  return report && report->level == protocol::IsolationLevel::full;
}

}  // namespace forkjail::server
