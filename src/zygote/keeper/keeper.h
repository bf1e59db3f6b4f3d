// The decisions of a session's keeper: what the states may do, which one runs, which ones sleep,
// and what is reported to the server. Process 1 of a session's cell.
//
// A run is a transaction. After each run the head forks; the copy sleeps as the kept state, the
// head waits for the next request. When a run is killed, the kept state that it started from is
// woken and clones a new head: nothing of the session is lost. To go back, the head is ended and
// another kept state does the same. Copies are made after an answer, not before a run, so that no
// request waits for one.
//
// A state is as untrusted as any cell: a script may control its memory. So the keeper believes a
// state only that it waits; the pid of a caller, the end of a process and its CPU time come from
// the kernel. A call that was not ordered is refused, so the keeper alone determines the number of
// processes, whatever a state does.
//
// Pure: no system call of its own (KeeperCalls); keeper_main.h is the loop around it.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/idle_cpu.h"
#include "protocol/keeper_channel.h"
#include "zygote/keeper/state_call.h"

namespace forkjail::zygote {

using KeeperClock = std::chrono::steady_clock;

// A call of a state that the filter handed over.
struct HeldCall {
  std::uint64_t id = 0;  // of the notification
  pid_t thread = 0;      // the caller, from the kernel; a state's main thread has the state's pid
  int number = 0;
  std::array<std::uint64_t, 6> arguments{};
};

// A child that was waited for.
struct Ended {
  int wait_status = 0;  // as from wait4(2)
  std::chrono::microseconds cpu_time{0};
};

// What the keeper can do. All of it returns at once.
class KeeperCalls {
 public:
  virtual void order(std::uint64_t call, StateOrder order) = 0;  // answers a waiting state
  // Orders a run: puts the reading end of a pipe at the caller's request descriptor; what the pipe
  // does not take at once follows. Nothing happens if the caller is gone.
  virtual void order_run(std::uint64_t call, std::vector<std::byte> request) = 0;
  virtual void take_request_back() = 0;  // it is not read any more
  virtual void proceed(std::uint64_t call) = 0;
  virtual void refuse(std::uint64_t call, int sys_errno) = 0;
  virtual void pretend(std::uint64_t call) = 0;  // answers 0, and nothing is done
  virtual void kill(pid_t state) = 0;
  virtual std::chrono::microseconds cpu_time(pid_t state) = 0;
  // Whether this is a process, not a thread of one, that is not watched yet. If so, it is from now
  // on: on_child_ended() or, of a process that another state forked, on_kept_ended() is to be
  // called once it ends.
  virtual bool watch(pid_t state) = 0;
  virtual void report(const protocol::KeeperReport& report) = 0;
  virtual void end_session() = 0;  // everything in the cell ends

 protected:
  ~KeeperCalls() = default;
};

class Keeper {
 public:
  // A copy takes milliseconds, seconds where the machine is overloaded; a state that still has not
  // made it has been tampered with.
  static constexpr std::chrono::milliseconds kForkTimeMax{10'000};
  // Of CPU time for the same: a copy of a hundred megabytes takes a few milliseconds. A script may
  // have left calls that the interpreter makes at each fork.
  static constexpr std::chrono::milliseconds kForkCpuMax{500};

  // `first`: the pid of the state that was started with the session. `calls` outlives the keeper.
  Keeper(pid_t first, KeeperCalls& calls) : calls_(calls), head_(Process{.pid = first}) {}

  void on_run(const protocol::KeeperOrder& order, std::vector<std::byte> request,
              KeeperClock::time_point now);
  void on_stop(std::uint64_t run, KeeperClock::time_point now);
  void on_drop(protocol::StateId state);
  // `run`: the one that follows at once; 0: none does.
  void on_go_to(protocol::StateId state, std::uint64_t run, KeeperClock::time_point now);
  void on_call(const HeldCall& call, KeeperClock::time_point now);
  // A child is dead and was waited for: the head, or one that was it.
  void on_child_ended(pid_t child, const Ended& ended, KeeperClock::time_point now);
  // The same of a process that may be the child of another state.
  void on_kept_ended(pid_t state, KeeperClock::time_point now);
  void on_time(KeeperClock::time_point now);

  // When on_time() is to be called, at the latest.
  [[nodiscard]] KeeperClock::time_point next_time() const;
  [[nodiscard]] std::size_t kept() const { return kept_.size(); }

 private:
  // Until when, and for how much CPU time, a state may be busy with an order.
  struct Due {
    KeeperClock::time_point deadline;
    std::chrono::microseconds cpu_zero{0};
    KeeperClock::time_point next_look;
  };
  struct Process {
    pid_t pid = 0;
    protocol::StateId state = protocol::kFirstState;
    std::optional<std::uint64_t> waits{};  // its call
    std::optional<Due> due{};  // of an order that takes a moment; not while it runs a request
    std::chrono::microseconds cpu_asleep{0};  // of a kept state that waits: as last looked at
  };
  struct Fork {
    pid_t parent = 0;
    bool makes_head = false;
    protocol::StateId state = 0;
    KeeperClock::time_point deadline;
    bool allowed = false;   // its clone was let through
    bool unwanted = false;  // the state was dropped meanwhile
  };
  struct Run {
    protocol::KeeperOrder order;
    std::vector<std::byte> request;
    bool goes_on = false;
    protocol::RunEnd end = protocol::RunEnd::died;  // why the keeper killed it
    std::chrono::microseconds cpu_zero{0};
    KeeperClock::time_point next_look{};
  };

  void on_wait(const HeldCall& call, KeeperClock::time_point now);
  void on_clone(const HeldCall& call);
  void on_signal(const HeldCall& call);
  void on_head_waits();
  void note_undone_fork(const HeldCall& call, KeeperClock::time_point now);
  void on_fork_failed(int sys_errno, KeeperClock::time_point now);
  [[nodiscard]] bool is_new_process(const HeldCall& call) const;
  void take_new_process(const HeldCall& call, KeeperClock::time_point now);
  void give_order(Process& process, StateOrder order, KeeperClock::time_point now);
  void advance(KeeperClock::time_point now);
  void advance_run(KeeperClock::time_point now);
  void start_run(KeeperClock::time_point now);
  void order_keep(KeeperClock::time_point now);
  void revive(Process& sleeper, KeeperClock::time_point now);
  void end_head();
  void go_to_ordered();
  void tell_arrival();
  [[nodiscard]] bool leaves_unkept_head(protocol::StateId next) const;
  void keep_before_leaving(KeeperClock::time_point now);
  void end_run(protocol::RunEnd end, protocol::StateId state, int wait_status,
               std::chrono::microseconds cpu_time);
  void refuse_run(int sys_errno, KeeperClock::time_point now);
  // At something that has so much CPU time left.
  [[nodiscard]] static KeeperClock::time_point next_look(KeeperClock::time_point now,
                                                         std::chrono::microseconds left);
  void look_at_cpu_time(KeeperClock::time_point now);
  void rest(KeeperClock::time_point now);
  void tell_rest();
  void leave_rest();
  [[nodiscard]] bool idles_in_bounds(KeeperClock::time_point now);
  void fall_asleep(Process& kept, KeeperClock::time_point now);
  void end_sleepers_that_compute(KeeperClock::time_point now);
  void give_up_fork(KeeperClock::time_point now);
  [[nodiscard]] Due due_after_order(pid_t state, KeeperClock::time_point now) const;
  [[nodiscard]] bool is_overdue(Process& process, KeeperClock::time_point now);
  void end_overdue(KeeperClock::time_point now);
  void go_back(KeeperClock::time_point now);
  [[nodiscard]] bool runs() const { return run_ && run_->goes_on; }
  // True too if it could not be kept.
  [[nodiscard]] bool head_is_kept() const {
    return kept_.contains(head_->state) || not_kept_ == head_->state;
  }
  [[nodiscard]] Process* kept_with(pid_t pid);

  KeeperCalls& calls_;
  std::optional<Process> head_;
  std::map<protocol::StateId, Process> kept_;
  std::optional<Fork> fork_;
  std::optional<Run> run_;
  std::optional<Run> next_;  // ordered before the keeper knew that the last one had ended
  protocol::StateId last_ = protocol::kFirstState;  // what the session is at
  std::optional<protocol::StateId> go_to_;          // ordered, and waits for a copy to be made
  // Heads that were killed and are not known to be dead: until then they may write to the pipes of
  // the next run. So no run starts, and no arrival is told, while there are some.
  std::set<pid_t> leaving_;
  std::optional<protocol::StateId> arriving_;  // ordered by on_go_to(), and not told yet
  std::optional<protocol::StateId> not_kept_;  // could not be, and is not tried again
  IdleCpu idle_;                               // goes on while the head waits for a request
  IdleCpu asleep_;                             // of all kept states together
  std::chrono::microseconds used_asleep_{0};   // by them, as far as it was looked at
  std::uint64_t last_run_ = 0;                 // that is over
  // No state has an order until the next run comes: nobody holds a right to run for what a script
  // has made a part of copies and clones.
  bool rests_ = false;
  KeeperClock::time_point tell_rest_at_ = KeeperClock::time_point::max();
};

}  // namespace forkjail::zygote
