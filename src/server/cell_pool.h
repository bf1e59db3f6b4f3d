// The supply of cells: how many are parked, when more are made, which are thrown away. The one
// place that orders cells from the supervisor and the one that ends them.
//
// A cell goes  spawn -> warming -> parked -> in use -> dying -> gone.  It counts as live until the
// supervisor says that everything of it is gone. Refilling costs milliseconds of CPU, so it happens
// when a cell is given back (after its reply was written) or a moment later if the run is a long
// one, not when it is taken; only below half of the target is a cell replaced at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/worker_report.h"
#include "server/cell.h"
#include "server/cell_maker.h"
#include "server/loop.h"

namespace forkjail::server {

struct CellPoolConfig {
  std::uint32_t parked_target = 6;
  std::uint32_t cells_max = 16;  // live at once, dying ones included
  std::uint32_t making_max = 2;  // spawned and not parked yet: more only delays each of them
};

class CellPool;

// The use of one cell. Gives it back when destroyed: the cell is ended, its slot refilled.
class CellLease {
 public:
  CellLease() = default;
  CellLease(CellPool& pool, std::shared_ptr<Cell> cell) : pool_(&pool), cell_(std::move(cell)) {}
  CellLease(CellLease&& other) noexcept;
  CellLease& operator=(CellLease&& other) noexcept;
  CellLease(const CellLease&) = delete;
  CellLease& operator=(const CellLease&) = delete;
  ~CellLease() { give_back(); }

  [[nodiscard]] explicit operator bool() const { return cell_ != nullptr; }
  [[nodiscard]] Cell& cell() const { return *cell_; }

  // Ends the cell now and keeps the lease, to read the pipes to their end and see the evidence.
  void end_cell();
  // Asks for a lower memory limit; CellObserver::on_memory_limited follows.
  void limit_memory(std::uint64_t bytes);
  void give_back();

 private:
  CellPool* pool_ = nullptr;
  std::shared_ptr<Cell> cell_;
};

class CellPool final : public SupervisorEvents, private CellObserver {
 public:
  struct Counts {
    std::uint32_t making = 0;  // ordered or warming
    std::uint32_t parked = 0;
    std::uint32_t in_use = 0;
    std::uint32_t dying = 0;
    std::uint64_t started = 0;  // since the start of the service
    std::uint64_t failed = 0;   // spawn_failed, setup_failed, died while parked
    std::uint64_t worker_failures = 0;
  };

  // `maker` outlives the pool.
  CellPool(const Executor& executor, const CellPoolConfig& config, CellMaker& maker);

  // Called whenever a parked cell became available.
  void on_available(std::function<void()> callback) { available_ = std::move(callback); }
  // Called once, when the supervisor is gone.
  void on_lost(std::function<void(const Error&)> callback) { lost_ = std::move(callback); }
  // Called when a worker became ready, the first and every later one.
  void on_worker(std::function<void(const protocol::WorkerReport&)> callback) {
    worker_ = std::move(callback);
  }

  // Makes no more cells.
  void close() { closed_ = true; }

  // The most recently parked cell (its pages are the warmest in the caches), or an empty lease.
  [[nodiscard]] CellLease take();
  // How many requests wait for a cell; raises the supply while above zero.
  void set_waiting(std::uint32_t waiting);

  // Why no script can be run now; nothing when they can.
  [[nodiscard]] std::optional<std::string> not_ready_reason() const;
  [[nodiscard]] const std::optional<protocol::WorkerReport>& worker_report() const {
    return report_;
  }
  [[nodiscard]] Counts counts() const;
  [[nodiscard]] const CellPoolConfig& config() const { return config_; }

  // SupervisorEvents
  void on_worker_ready(protocol::WorkerReport report) override;
  void on_worker_failed(std::string why) override;
  void on_cell_started(protocol::CellId id, pid_t pid, CellPipeFds fds) override;
  void on_spawn_failed(const Error& error) override;
  void on_cell_ended(protocol::CellId id, const CellEnd& end) override;
  void on_memory_limited(protocol::CellId id, int sys_errno) override;
  void on_supervisor_lost(const Error& error) override;

 private:
  friend class CellLease;

  enum class Stage { warming, parked, in_use, dying };
  struct Member {
    std::shared_ptr<Cell> cell;
    Stage stage = Stage::warming;
    std::uint32_t generation = 0;  // of the worker that made it
  };

  // CellObserver, while a cell warms and parks.
  void on_readable(Cell& cell, CellPipe pipe) override;
  void on_request_writable(Cell&) override {}
  void on_ended(Cell&) override {}
  void on_memory_limited(Cell&) override {}

  void hear_warming(Cell& cell);
  void park(Member& member);
  void retire_one_old_cell();
  void end(Member& member);
  void give_back(Cell& cell);
  void count_failure(std::string why);
  void refill();
  void refill_later(Clock::time_point when);
  void defer_refill();
  void await_deferred_refill();
  [[nodiscard]] std::uint32_t wanted() const;
  [[nodiscard]] std::uint32_t count(Stage stage) const;
  [[nodiscard]] std::uint32_t count_current(Stage stage) const;

  Executor executor_;
  CellPoolConfig config_;
  CellMaker& maker_;
  Timer backoff_timer_;
  Timer deferral_timer_;
  std::map<protocol::CellId, Member> members_;
  std::deque<protocol::CellId> parked_;  // oldest first, which is the warmest
  std::uint32_t ordered_ = 0;            // spawns without an answer yet
  std::uint32_t waiting_ = 0;
  std::uint32_t generation_ = 0;
  std::optional<protocol::WorkerReport> report_;
  std::string failure_;  // the last reason, while failures_in_row_ > 0
  std::uint32_t failures_in_row_ = 0;
  Clock::time_point next_spawn_{};  // not before, after failures
  bool backing_off_ = false;
  Clock::time_point deferred_until_{};  // until then what is in use need not be replaced
  bool deferring_ = false;
  bool closed_ = false;
  bool worker_ready_ = false;
  bool ever_parked_ = false;
  std::uint64_t started_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t worker_failures_ = 0;
  std::function<void()> available_;
  std::function<void(const Error&)> lost_;
  std::function<void(const protocol::WorkerReport&)> worker_;
};

}  // namespace forkjail::server
