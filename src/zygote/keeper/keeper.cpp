#include "zygote/keeper/keeper.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace forkjail::zygote {

using protocol::KeeperReportVerb;
using protocol::RunEnd;
using protocol::StateId;

// Where runs() is true there is a head: the tests show what the types cannot.
// NOLINTBEGIN(bugprone-unchecked-optional-access)

// --- orders of the server ------------------------------------------------------------------------

void Keeper::on_run(const protocol::KeeperOrder& order, std::vector<std::byte> request,
                    KeeperClock::time_point now) {
  if (next_) return calls_.end_session();  // the server sends one more at most: this is not ours
  (run_ ? next_ : run_).emplace(Run{.order = order, .request = std::move(request)});
  leave_rest();
  advance(now);
}

void Keeper::on_stop(std::uint64_t run, KeeperClock::time_point now) {
  if (next_ && next_->order.run == run && runs()) {
    // The one before has replied and does not end: it keeps this one waiting.
    calls_.kill(head_->pid);
  } else if (run_ && run_->order.run == run && !runs()) {
    end_run(RunEnd::stopped, run_->order.state, SIGKILL, {});
    advance(now);
  } else if (run_ && run_->order.run == run) {
    run_->end = RunEnd::stopped;
    calls_.kill(head_->pid);
  }
}

void Keeper::on_drop(StateId state) {
  if (state == go_to_.value_or(last_)) return;
  if (fork_ && fork_->state == state) {
    fork_->unwanted = !fork_->makes_head;
    return;
  }
  const auto found = kept_.find(state);
  if (found == kept_.end()) return;
  calls_.kill(found->second.pid);
  kept_.erase(found);
}

void Keeper::on_go_to(StateId state, std::uint64_t run, KeeperClock::time_point now) {
  go_to_ = state;
  if (run != 0) leave_rest();  // its head is made while the other one dies
  advance(now);
}

void Keeper::go_to_ordered() {
  const StateId state = *std::exchange(go_to_, std::nullopt);
  const bool is_there = head_ && head_->state == state;
  const bool can_go = is_there || kept_.contains(state);
  if (!can_go) {
    return calls_.report({.verb = KeeperReportVerb::at, .state = state, .sys_errno = ESRCH});
  }
  if (head_ && !is_there) end_head();
  last_ = arriving_.emplace(state);
  tell_arrival();
}

void Keeper::tell_arrival() {
  if (!arriving_ || !leaving_.empty()) return;
  calls_.report({.verb = KeeperReportVerb::at, .state = *std::exchange(arriving_, std::nullopt)});
}

// --- ends ----------------------------------------------------------------------------------------

void Keeper::on_child_ended(pid_t child, const Ended& ended, KeeperClock::time_point now) {
  if (!head_ || head_->pid != child) return on_kept_ended(child, now);
  head_.reset();
  idle_.end();
  // A clone of the dead head may have made a process that has not called yet.
  if (fork_ && fork_->parent == child && fork_->allowed) calls_.end_session();
  if (fork_ && fork_->parent == child) fork_.reset();
  if (runs()) {
    calls_.take_request_back();
    last_ = run_->order.state;
    end_run(run_->end, last_, ended.wait_status, ended.cpu_time - run_->cpu_zero);
  }
  advance(now);
}

void Keeper::on_kept_ended(pid_t state, KeeperClock::time_point now) {
  if (leaving_.erase(state) > 0) {
    tell_arrival();
    return advance(now);
  }
  const auto lost =
      std::ranges::find_if(kept_, [state](const auto& row) { return row.second.pid == state; });
  if (lost == kept_.end()) return;  // it was dropped
  calls_.report({.verb = KeeperReportVerb::state_lost, .state = lost->first});
  const bool was_waking = fork_ && fork_->parent == state;
  kept_.erase(lost);
  if (was_waking && fork_->allowed) return calls_.end_session();
  if (was_waking) {
    fork_.reset();
    refuse_run(ESRCH, now);
  }
  advance(now);
}

// Freeing its memory takes as long as making the next head does: both go on at the same time.
void Keeper::end_head() {
  if (fork_ && fork_->parent == head_->pid)
    fork_.reset();  // it was not allowed: otherwise the keeper would wait for it
  calls_.kill(head_->pid);
  leaving_.insert(head_->pid);
  head_.reset();
  idle_.end();
}

// --- what comes next -----------------------------------------------------------------------------

void Keeper::advance(KeeperClock::time_point now) {
  if (fork_) return;  // one step at a time
  if (run_ && idle_.goes_on() && !idles_in_bounds(now)) return go_back(now);
  if (go_to_ && !run_) {  // after all runs that were ordered before it
    if (leaves_unkept_head(*go_to_) && !rests_) return keep_before_leaving(now);
    go_to_ordered();
  }
  if (!head_ && kept_.empty()) return calls_.end_session();  // no state is left
  if (run_ && !run_->goes_on) {
    const std::uint64_t run = run_->order.run;
    advance_run(now);
    const bool was_refused = !run_ || run_->order.run != run;
    if (was_refused) advance(now);
    return;
  }
  if (rests_) return;
  if (!head_) {
    if (const auto found = kept_.find(last_); found != kept_.end()) revive(found->second, now);
    return;
  }
  if (!head_->waits) return;
  if (!head_is_kept()) return order_keep(now);
  rest(now);
}

void Keeper::advance_run(KeeperClock::time_point now) {
  if (head_ && !head_->waits) return;
  if (head_ && head_->state == run_->order.state) {
    // A request that comes right after an answer waits for the copy: a run that is killed must have
    // a state to go back to.
    if (!head_is_kept()) return order_keep(now);
    if (leaving_.empty()) start_run(now);
    return;
  }
  const auto found = kept_.find(run_->order.state);
  if (found == kept_.end()) return refuse_run(ESRCH, now);
  if (!found->second.waits) return;
  if (leaves_unkept_head(run_->order.state)) return keep_before_leaving(now);
  if (head_) end_head();
  revive(found->second, now);
}

// Only the head holds its state, and it is about to be ended for another one.
bool Keeper::leaves_unkept_head(StateId next) const {
  return head_ && head_->state != next && !head_is_kept();
}

void Keeper::keep_before_leaving(KeeperClock::time_point now) {
  if (head_->waits) order_keep(now);  // else once it waits
}

void Keeper::start_run(KeeperClock::time_point now) {
  const std::uint64_t call = *std::exchange(head_->waits, std::nullopt);
  run_->goes_on = true;
  idle_.end();
  run_->cpu_zero = calls_.cpu_time(head_->pid);
  run_->next_look = next_look(now, std::chrono::milliseconds(run_->order.cpu_time_ms));
  // If the head is gone by now, the kernel reports its end.
  calls_.order_run(call, std::exchange(run_->request, {}));
}

void Keeper::order_keep(KeeperClock::time_point now) {
  if (kept_.size() >= protocol::kKeptStatesMax) {
    not_kept_ = head_->state;
    calls_.report(
        {.verb = KeeperReportVerb::keep_failed, .state = head_->state, .sys_errno = ENOSPC});
    return advance(now);
  }
  idle_.end();
  fork_ = Fork{.parent = head_->pid, .state = head_->state, .deadline = now + kForkTimeMax};
  give_order(*head_, StateOrder::keep, now);
}

void Keeper::revive(Process& sleeper, KeeperClock::time_point now) {
  if (!sleeper.waits) return;
  last_ = sleeper.state;
  fork_ = Fork{.parent = sleeper.pid,
               .makes_head = true,
               .state = sleeper.state,
               .deadline = now + kForkTimeMax};
  give_order(sleeper, StateOrder::revive, now);
}

void Keeper::give_order(Process& process, StateOrder order, KeeperClock::time_point now) {
  process.due = due_after_order(process.pid, now);
  calls_.order(*std::exchange(process.waits, std::nullopt), order);
}

// --- reports -------------------------------------------------------------------------------------

void Keeper::end_run(RunEnd end, StateId state, int wait_status,
                     std::chrono::microseconds cpu_time) {
  calls_.report(
      {.verb = KeeperReportVerb::run_over,
       .run = run_->order.run,
       .state = state,
       .end = end,
       .wait_status = wait_status,
       .cpu_time_us = static_cast<std::uint64_t>(std::max<std::int64_t>(cpu_time.count(), 0))});
  last_run_ = run_->order.run;
  run_ = std::exchange(next_, std::nullopt);
}

// A head that could not be made is not tried again before the next run.
void Keeper::refuse_run(int sys_errno, KeeperClock::time_point now) {
  if (run_) {
    calls_.report({.verb = KeeperReportVerb::run_refused,
                   .run = run_->order.run,
                   .state = run_->order.state,
                   .sys_errno = sys_errno});
    last_run_ = run_->order.run;
    run_ = std::exchange(next_, std::nullopt);
  }
  if (!run_ && !head_) rest(now);
}

Keeper::Process* Keeper::kept_with(pid_t pid) {
  const auto found =
      std::ranges::find_if(kept_, [pid](const auto& row) { return row.second.pid == pid; });
  return found == kept_.end() ? nullptr : &found->second;
}

// NOLINTEND(bugprone-unchecked-optional-access)

}  // namespace forkjail::zygote
