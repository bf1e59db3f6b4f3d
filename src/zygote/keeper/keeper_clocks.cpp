// How long the processes of a session may take, and how much CPU time they may use, as the kernel
// counts it: in a run, in a copy, and between two runs.
#include <algorithm>
#include <cerrno>

#include "zygote/keeper/keeper.h"

namespace forkjail::zygote {

using protocol::KeeperReportVerb;
using protocol::RunEnd;
using protocol::StateId;

namespace {

constexpr std::chrono::milliseconds kLookMin{5};  // between two looks at the CPU time

}  // namespace

// Where runs() is true there is a head: the tests show what the types cannot.
// NOLINTBEGIN(bugprone-unchecked-optional-access)

// Each thread can use as much as passes: half of what is left serves two processors.
KeeperClock::time_point Keeper::next_look(KeeperClock::time_point now,
                                          std::chrono::microseconds left) {
  return now + std::max<KeeperClock::duration>(left / 2, kLookMin);
}

void Keeper::on_time(KeeperClock::time_point now) {
  if (fork_ && now >= fork_->deadline) return give_up_fork(now);
  if (runs() && now >= run_->next_look) look_at_cpu_time(now);
  if (now >= std::min(idle_.next_look(), asleep_.next_look())) {
    end_sleepers_that_compute(now);
    if (idle_.goes_on() && !idles_in_bounds(now)) return go_back(now);
  }
  if (now >= tell_rest_at_) tell_rest();
  end_overdue(now);
}

void Keeper::look_at_cpu_time(KeeperClock::time_point now) {
  const std::chrono::milliseconds limit(run_->order.cpu_time_ms);
  const auto used = calls_.cpu_time(head_->pid) - run_->cpu_zero;
  if (used < limit) {
    run_->next_look = next_look(now, limit - used);
    return;
  }
  run_->next_look = KeeperClock::time_point::max();
  if (run_->end == RunEnd::died) run_->end = RunEnd::cpu_time;
  calls_.kill(head_->pid);
}

// Where threads have used up what they may between two runs, they are looked for before the run
// gives its right to run back: else a run after another would give them that moment each.
void Keeper::rest(KeeperClock::time_point now) {
  rests_ = true;
  if (head_ && !idle_.goes_on()) idle_.begin(now, calls_.cpu_time(head_->pid));
  if (!idle_.is_used_up() && !asleep_.is_used_up()) return tell_rest();
  tell_rest_at_ = now + IdleCpu::kPauseMin;
}

void Keeper::tell_rest() {
  tell_rest_at_ = KeeperClock::time_point::max();
  calls_.report({.verb = KeeperReportVerb::idle, .run = last_run_, .state = last_});
}

bool Keeper::idles_in_bounds(KeeperClock::time_point now) {
  return idle_.look(now, calls_.cpu_time(head_->pid));
}

void Keeper::leave_rest() {
  rests_ = false;
  tell_rest_at_ = KeeperClock::time_point::max();
}

// The looks go on from run to run, and none of them is between a request and its script.
void Keeper::fall_asleep(Process& kept, KeeperClock::time_point now) {
  kept.cpu_asleep = calls_.cpu_time(kept.pid);
  if (!asleep_.goes_on()) asleep_.begin(now, used_asleep_);
}

// A copy has one thread, which waits. What a script has made of it may have more.
void Keeper::end_sleepers_that_compute(KeeperClock::time_point now) {
  std::vector<StateId> computing;
  for (auto& [state, process] : kept_) {
    if (!process.waits) continue;
    const auto used = calls_.cpu_time(process.pid) - process.cpu_asleep;
    if (used.count() <= 0) continue;
    process.cpu_asleep += used;
    used_asleep_ += used;
    computing.push_back(state);
  }
  if (asleep_.look(now, used_asleep_)) return;
  for (const StateId state : computing) {
    calls_.kill(kept_.at(state).pid);
    kept_.erase(state);
    calls_.report({.verb = KeeperReportVerb::state_lost, .state = state});
  }
  advance(now);
}

// Once a clone was allowed, there may be a process that has not called yet. One that was not begun
// leaves nothing behind, and the head alone is at fault.
void Keeper::give_up_fork(KeeperClock::time_point now) {
  if (fork_->allowed || fork_->makes_head) return calls_.end_session();
  on_fork_failed(ETIMEDOUT, now);
  go_back(now);
}

Keeper::Due Keeper::due_after_order(pid_t state, KeeperClock::time_point now) const {
  return {.deadline = now + kForkTimeMax,
          .cpu_zero = calls_.cpu_time(state),
          .next_look = next_look(now, kForkCpuMax)};
}

bool Keeper::is_overdue(Process& process, KeeperClock::time_point now) {
  if (!process.due) return false;
  Due& due = *process.due;
  if (now >= due.deadline) return true;
  if (now < due.next_look) return false;
  const auto left = kForkCpuMax - (calls_.cpu_time(process.pid) - due.cpu_zero);
  due.next_look = next_look(now, left);
  return left.count() <= 0;
}

// A state that was ordered to wait and does not has been tampered with.
void Keeper::end_overdue(KeeperClock::time_point now) {
  for (auto& [state, process] : kept_) {
    if (is_overdue(process, now)) calls_.kill(process.pid);  // on_kept_ended() follows
  }
  if (!head_ || !is_overdue(*head_, now)) return;
  if (fork_ && fork_->parent == head_->pid) return give_up_fork(now);
  go_back(now);
}

// If no copy of the head was kept, the server orders where the session goes on.
void Keeper::go_back(KeeperClock::time_point now) {
  calls_.report({.verb = KeeperReportVerb::went_back, .state = head_->state});
  end_head();
  advance(now);
}

KeeperClock::time_point Keeper::next_time() const {
  auto next = KeeperClock::time_point::max();
  if (fork_) next = fork_->deadline;
  if (runs()) next = std::min(next, run_->next_look);
  next = std::min({next, idle_.next_look(), asleep_.next_look(), tell_rest_at_});
  if (head_ && head_->due) next = std::min({next, head_->due->deadline, head_->due->next_look});
  for (const auto& [state, process] : kept_) {
    if (process.due) next = std::min({next, process.due->deadline, process.due->next_look});
  }
  return next;
}

// NOLINTEND(bugprone-unchecked-optional-access)

}  // namespace forkjail::zygote
