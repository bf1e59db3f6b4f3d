// The calls of a session's states, which the filter hands to the keeper. They are hostile input: a
// state may be run by a script, so a call counts only if it was ordered.
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "sandbox/syscall_policy.h"
#include "zygote/keeper/keeper.h"

namespace forkjail::zygote {

using protocol::KeeperReportVerb;
using protocol::RunEnd;

// Where runs() is true there is a head, and where is_new_process() is, a fork: the tests show what
// the types cannot.
// NOLINTBEGIN(bugprone-unchecked-optional-access)

void Keeper::on_call(const HeldCall& call, KeeperClock::time_point now) {
  switch (call.number) {
    case sandbox::kKeeperCall:
      return on_wait(call, now);
    case SYS_clone:
      return on_clone(call);
    case SYS_kill:
    case SYS_tgkill:
      return on_signal(call);
    default:
      calls_.refuse(call.id, EPERM);
  }
}

// One clone per order, by the thread that has the order, with the flags of that order.
void Keeper::on_clone(const HeldCall& call) {
  const bool ordered = fork_ && !fork_->allowed && fork_->parent == call.thread &&
                       call.arguments.at(0) == (fork_->makes_head ? kReviveFlags : kKeepFlags);
  if (!ordered) return calls_.refuse(call.id, EPERM);
  fork_->allowed = true;
  calls_.proceed(call.id);
}

// The state that runs may send signals to itself, as a cell's process may. SIGKILL is ignored, as
// process 1 of a namespace ignores it: so a state that dies by it was killed from outside.
void Keeper::on_signal(const HeldCall& call) {
  const auto target = static_cast<pid_t>(call.arguments.at(0));
  const auto signal = static_cast<int>(call.arguments.at(call.number == SYS_tgkill ? 2 : 1));
  if (!runs() || head_->pid != target) return calls_.refuse(call.id, EPERM);
  if (signal == SIGKILL || signal == SIGSTOP) return calls_.pretend(call.id);
  calls_.proceed(call.id);
}

void Keeper::on_wait(const HeldCall& call, KeeperClock::time_point now) {
  if (call.arguments.at(1) != kStateCallMagic) return calls_.refuse(call.id, EPERM);
  if (head_ && head_->pid == call.thread && !head_->waits) {
    head_->waits = call.id;
    head_->due.reset();
    note_undone_fork(call, now);
    on_head_waits();
  } else if (Process* const kept = kept_with(call.thread); kept != nullptr && !kept->waits) {
    kept->waits = call.id;
    kept->due.reset();
    fall_asleep(*kept, now);
    note_undone_fork(call, now);
  } else if (is_new_process(call)) {
    take_new_process(call, now);
  } else {
    return calls_.refuse(call.id, EPERM);
  }
  advance(now);
}

// After a clone that was allowed, the only new process is its child: a thread of the head that
// calls in between is not a process, and one that was killed, or sleeps and was woken by a signal,
// is watched already.
bool Keeper::is_new_process(const HeldCall& call) const {
  return fork_ && fork_->allowed && call.thread != fork_->parent && calls_.watch(call.thread);
}

void Keeper::take_new_process(const HeldCall& call, KeeperClock::time_point now) {
  const Fork made = *std::exchange(fork_, std::nullopt);
  if (made.unwanted) {
    not_kept_ = made.state;  // and is not tried again
    return calls_.kill(call.thread);
  }
  const Process process{.pid = call.thread, .state = made.state, .waits = call.id};
  if (made.makes_head) {
    head_ = process;
    return;
  }
  fall_asleep(kept_[made.state] = process, now);
  calls_.report({.verb = KeeperReportVerb::kept, .state = made.state});
}

// The state waits again and has not made the clone that was ordered: there was no memory for the
// files, or a script took the order. Once the clone was allowed, only the child's own call counts:
// the state may lie about it.
void Keeper::note_undone_fork(const HeldCall& call, KeeperClock::time_point now) {
  if (!fork_ || fork_->parent != call.thread || fork_->allowed) return;
  on_fork_failed(std::max(static_cast<int>(call.arguments.at(0)), 1), now);
}

void Keeper::on_fork_failed(int sys_errno, KeeperClock::time_point now) {
  if (!fork_) return;
  const Fork failed = *std::exchange(fork_, std::nullopt);
  if (failed.makes_head) return refuse_run(sys_errno, now);
  not_kept_ = failed.state;
  calls_.report(
      {.verb = KeeperReportVerb::keep_failed, .state = failed.state, .sys_errno = sys_errno});
}

void Keeper::on_head_waits() {
  if (!runs()) return;
  calls_.take_request_back();
  last_ = head_->state = run_->order.new_state;
  end_run(RunEnd::returned, last_, 0, calls_.cpu_time(head_->pid) - run_->cpu_zero);
}

// NOLINTEND(bugprone-unchecked-optional-access)

}  // namespace forkjail::zygote
