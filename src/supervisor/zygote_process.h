// One zygote in its nsjail, as the supervisor sees it: its process, its control socket, its log,
// and which part of its life it is in. Supervisor; owned by the fleet (fleet.h).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/flavour.h"
#include "protocol/warm_up.h"
#include "protocol/zygote_report.h"
#include "supervisor/cell_table.h"
#include "supervisor/clock.h"
#include "supervisor/jail_launcher.h"
#include "supervisor/jail_log.h"
#include "supervisor/next_zygote.h"

namespace forkjail::supervisor {

enum class ZygoteState {
  starting,  // the jail is made, the zygote imports
  proving,   // a first cell is being proved
  ready,     // clones cells for the server
  retired,   // clones no more; goes with its last cell
  ended,     // killed, or gone; stays until it is reaped and its cells are gone
};

class ZygoteProcess {
 public:
  ZygoteProcess(LaunchedJail jail, const NextZygote& kind, Clock::time_point started_at)
      : jail_(std::move(jail)),
        log_(std::move(jail_.log), std::string(name_of(kind.flavour)) + " zygote"),
        kind_(kind),
        started_at_(started_at) {}
  ZygoteProcess(const ZygoteProcess&) = delete;  // cells point to their zygote
  ZygoteProcess& operator=(const ZygoteProcess&) = delete;
  // Kills and reaps what still lives.
  ~ZygoteProcess();

  // Orders the clone of one cell. The cell's ends of its pipes are closed here once they are sent.
  Status send_clone(Cell& cell, std::span<const UniqueFd> cgroup_joins);
  // The cell with this number exited and is not signalled any more: the zygote may reap it. What
  // does not fit the control socket now is sent with a later order.
  void send_reap(pid_t pid);
  // It reported that it can clone: `pid` as the kernel vouched for it on the control socket,
  // `packages` what it has imported, without any layer.
  Status on_ready(pid_t pid, protocol::ZygoteReport packages);
  // The proof of its first cell held, with these layers.
  void on_proven(protocol::IsolationLevel level, std::vector<protocol::Layer> proven);
  // Kills the zygote, or our child while that is not up yet, and closes the control socket, on
  // which a zygote ends by itself. The end shows as SIGCHLD.
  void end();
  // Our child: nsjail, which waits for the zygote, which is init of a pid namespace whose end takes
  // all cells along (pid_namespaces(7)); or, without namespaces, the zygote itself, whose cells get
  // a death signal.
  [[nodiscard]] pid_t child_pid() const { return jail_.pid; }
  // The child was waited for: there is nothing left to end.
  void on_reaped() { jail_.pid = 0; }
  [[nodiscard]] bool is_reaped() const { return jail_.pid == 0; }

  [[nodiscard]] protocol::Flavour flavour() const { return kind_.flavour; }
  [[nodiscard]] protocol::WarmUp warm_up() const { return kind_.warm_up; }
  [[nodiscard]] int control() const { return jail_.control.get(); }
  [[nodiscard]] JailLog& log() { return log_; }
  [[nodiscard]] pid_t zygote_pid() const { return zygote_pid_; }
  // What is reported of it to the server.
  [[nodiscard]] const protocol::ZygoteReport& report() const { return report_; }
  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  [[nodiscard]] Clock::time_point started_at() const { return started_at_; }

  ZygoteState state = ZygoteState::starting;
  bool silent = false;  // does not answer any more (answer_watch.h)

 private:
  void send_reaps();

  LaunchedJail jail_;
  JailLog log_;
  NextZygote kind_;
  pid_t zygote_pid_ = 0;
  UniqueFd zygote_pidfd_;
  protocol::ZygoteReport report_;
  std::uint64_t runs_ = 0;
  Clock::time_point started_at_;
  std::vector<pid_t> unsent_reaps_;  // at most one a cell that has ended
};

}  // namespace forkjail::supervisor
