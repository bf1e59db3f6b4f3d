// One zygote in its nsjail, as the supervisor sees it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/flavour.h"
#include "protocol/warm_up.h"
#include "protocol/worker_report.h"
#include "supervisor/cell_table.h"
#include "supervisor/config.h"
#include "supervisor/jail_launcher.h"
#include "supervisor/jail_log.h"

namespace forkjail::supervisor {

enum class WorkerState {
  starting,  // the jail is made, the zygote imports
  proving,   // a first cell is looked at
  ready,     // clones cells for the server
  retired,   // clones no more; goes with its last cell
  ended,     // told to go, or gone; waits to be reaped
};

class Worker {
 public:
  static Result<std::unique_ptr<Worker>> start(const Config& config, const JailPlan& plan,
                                               protocol::Flavour flavour, protocol::WarmUp warm_up,
                                               const std::string& scratch_base);
  Worker(const Worker&) = delete;  // cells point to their worker
  Worker& operator=(const Worker&) = delete;
  // Kills and reaps what still lives.
  ~Worker();

  // Orders one clone of a cell with this uid inside the jail. The cell's ends of its pipes are
  // closed here once they are sent.
  Status clone(Cell& cell, uid_t uid, std::span<const UniqueFd> cgroup_joins);
  // The cell with this number exited and nobody signals it any more: the zygote may reap it.
  void let_go(pid_t pid) const;
  // The zygote said that it can clone: `pid` as the kernel vouched for it on the control socket,
  // `packages` a report of what it holds, without any wall.
  Status warmed(pid_t pid, protocol::WorkerReport packages);
  // Its first cell was looked at: these walls stand.
  void proven(protocol::IsolationLevel level, std::vector<protocol::Layer> standing);
  // Kills the zygote, or our child while that is not up yet, and closes the control socket, on
  // which a zygote ends by itself. The end shows as SIGCHLD.
  void end();
  // Our child: nsjail, which waits for the zygote, which is init of a pid namespace whose end takes
  // all cells along (pid_namespaces(7)); or, without namespaces, the zygote itself, whose cells get
  // a death signal.
  [[nodiscard]] pid_t pid() const { return jail_.pid; }
  // The child was waited for: there is nothing left to end.
  void reaped() { jail_.pid = 0; }

  [[nodiscard]] protocol::Flavour flavour() const { return flavour_; }
  [[nodiscard]] protocol::WarmUp warm_up() const { return warm_up_; }
  [[nodiscard]] int control() const { return jail_.control.get(); }
  [[nodiscard]] JailLog& log() { return log_; }
  [[nodiscard]] pid_t zygote_pid() const { return zygote_pid_; }
  // What the server is told of it.
  [[nodiscard]] const protocol::WorkerReport& report() const { return report_; }
  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  [[nodiscard]] std::chrono::steady_clock::time_point started_at() const { return started_at_; }

  WorkerState state = WorkerState::starting;
  std::vector<protocol::Layer> layers;  // as the proof saw them
  bool silent = false;                  // answers no more (answer_watch.h)

 private:
  Worker(LaunchedJail jail, protocol::Flavour flavour, protocol::WarmUp warm_up)
      : jail_(std::move(jail)),
        log_(std::move(jail_.log), std::string(name_of(flavour)) + " zygote"),
        flavour_(flavour),
        warm_up_(warm_up) {}

  LaunchedJail jail_;
  JailLog log_;
  protocol::Flavour flavour_;
  protocol::WarmUp warm_up_;
  pid_t zygote_pid_ = 0;
  UniqueFd zygote_pidfd_;
  protocol::WorkerReport report_;
  std::uint64_t runs_ = 0;
  std::chrono::steady_clock::time_point started_at_ = std::chrono::steady_clock::now();
};

}  // namespace forkjail::supervisor
