// A session's cell in places without checkpoints: one process, which runs one request after the
// other. There is one state, the latest; if the process is killed, the session is lost.
//
// Everything is as in a cell for one run, but that a complete reply does not end the process. What
// it uses of the CPU between two runs is watched: threads that a script has left would compute on
// without a limit.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/idle_cpu.h"
#include "loop/loop.h"
#include "server/cells/cell_hold.h"
#include "server/cells/cell_lease.h"
#include "server/run/run.h"
#include "server/sessions/held_cell.h"

namespace forkjail::server {

class ProcessCell final : public HeldCell, private CellHold, private CellObserver {
 public:
  // `lease`: a parked cell of Flavour::session without a keeper. `events` outlives it.
  ProcessCell(const Executor& executor, CellLease lease, const RunOptions& options,
              HeldCellEvents& events);
  ~ProcessCell() override { end(); }

  // Whether its CPU time can be read here, without which it must not be used.
  [[nodiscard]] bool has_clock() const;

  // HeldCell. `from` and `new_state` are names alone.
  Task<RunReport> run(const ExecutionRequest& request, StateId from, StateId new_state,
                      Interruption& interruption, RunEvents* events) override;
  void drop(StateId /*state*/) override {}
  void go_to(StateId /*state*/) override {}
  [[nodiscard]] bool state_was_gone() const override { return false; }  // the session ends then
  [[nodiscard]] bool is_settled() const override { return true; }       // nothing is copied
  void catch_up() override {}
  void end() override;

 private:
  // CellHold
  [[nodiscard]] Cell& cell() const override { return lease_.cell(); }
  void on_request_written() override { written_ = true; }
  void end_run() override;
  void limit_memory(std::uint64_t bytes) override;
  void run_lasts() override { lease_.run_lasts(); }
  void run_waits() override { lease_.run_waits(); }
  void long_run_over() override {
    if (lease_) lease_.give_place_back();
  }

  // CellObserver, between two runs
  void on_readable(Cell& cell, CellPipe pipe) override;
  void on_request_writable(Cell&) override {}
  void on_ended(Cell& cell) override;
  void on_memory_limited(Cell&) override {}

  Task<RunReport> run_here(const ExecutionRequest& request, Interruption& interruption,
                           RunEvents* events);
  [[nodiscard]] bool has_replied() const { return cell().decoder().reply_complete(); }
  [[nodiscard]] std::chrono::microseconds cpu_time_used() const;  // 0: not known
  void begin_idling();
  [[nodiscard]] bool idles_in_bounds();
  void look_later();
  void look();
  void lose_for_idle_cpu();
  void lose();

  Executor executor_;
  CellLease lease_;
  RunOptions options_;
  HeldCellEvents& events_;
  Timer idle_timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // a timer's call may come too late
  bool written_ = false;                                        // all of the last request
  bool lost_ = false;
  IdleCpu idle_;
};

}  // namespace forkjail::server
