#include "server/sessions/session.h"

#include <algorithm>
#include <utility>

namespace forkjail::server {
namespace {

// Counts a request for as long as it is in a session, and notes when it left.
class Visit {
 public:
  Visit(std::size_t& requests, Clock::time_point& idle_since)
      : requests_(requests), idle_since_(idle_since) {
    ++requests_;
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() {
    --requests_;
    idle_since_ = Clock::now();
  }

 private:
  std::size_t& requests_;
  Clock::time_point& idle_since_;
};

// A pointer that is null again at the end of a scope.
class Pointing {
 public:
  Pointing(Interruption*& pointer, Interruption& target) : pointer_(pointer) { pointer_ = &target; }
  Pointing(const Pointing&) = delete;
  Pointing& operator=(const Pointing&) = delete;
  ~Pointing() { pointer_ = nullptr; }

 private:
  Interruption*& pointer_;
};

Refused was_interrupted() { return given_up(); }

}  // namespace

Session::Session(const Parts& parts, std::string id, std::string owner, const SessionLimits& limits)
    : parts_(parts),
      id_(std::move(id)),
      owner_(std::move(owner)),
      limits_(limits),
      turns_(parts.executor) {}

Session::~Session() = default;

Task<std::optional<Refused>> Session::start(HeldCells& cells, Interruption& interruption,
                                            PartyPtr party) {
  const Visit visit(requests_, idle_since_);
  auto taken = co_await cells.take(*this, limits_.memory_bytes, interruption, std::move(party));
  if (auto* const refused = std::get_if<Refused>(&taken)) co_return std::move(*refused);
  cell_ = std::get<std::unique_ptr<HeldCell>>(std::move(taken));
  states_.emplace(created_at_, cells.have_checkpoints());
  co_return std::nullopt;
}

Task<SessionResult> Session::run(const ExecutionRequest& request, RunKind kind,
                                 Interruption& interruption, RunEvents* events, Arrival arrival) {
  if (end_ != SessionEnd::none) co_return SessionRefusal::ended;
  if (turns_.waiting() >= parts_.config.queue_max) co_return SessionRefusal::busy;
  const Visit visit(requests_, idle_since_);
  const auto turn = co_await turns_.enter(interruption);
  if (!turn || interruption.raised()) co_return parts_.runner.count(was_interrupted());
  if (end_ != SessionEnd::none) co_return SessionRefusal::ended;
  SessionResult result = co_await run_now(request, kind, interruption, events, std::move(arrival));
  apply_early_report();
  co_return result;
}

Task<SessionResult> Session::run_now(const ExecutionRequest& request, RunKind kind,
                                     Interruption& interruption, RunEvents* events,
                                     Arrival arrival) {
  if (kind == RunKind::script && needs_checkpoints(request.session) && !has_checkpoints()) {
    co_return SessionRefusal::no_checkpoints;
  }
  const std::string& name = request.session.from;
  const auto from = name.empty() ? std::optional(states_->head()) : state_of_name(name);
  if (!from || states_->find(*from) == nullptr) co_return SessionRefusal::unknown_state;
  if (!name.empty()) states_->note_named(*from);
  const StateId made = kind == RunKind::look ? *from : states_->reserve();
  if (kind != RunKind::look) making_ = Making{.state = made, .kept = std::nullopt};

  // Ended by its own client or by another request, whichever comes first.
  Interruption own;
  const auto listening = interruption.listen([&own](InterruptReason reason) { own.raise(reason); });
  const Pointing pointing(current_, own);
  const Runner::HeldRun held_run = [&]() -> Task<RunReport> {
    slot_.give_back();
    return cell_->run(request, *from, made, own, events);
  };
  RunResult result = co_await parts_.runner.run_held(held_run, own, std::move(arrival));
  learn_whether_kept(*from);
  if (end_ != SessionEnd::none) end_cell();
  if (auto* const refused = std::get_if<Refused>(&result)) {
    if (cell_->state_was_gone()) leave_lost(*from);
    if (end_ != SessionEnd::none) co_return SessionRefusal::ended;
    if (cell_->state_was_gone()) co_return SessionRefusal::lost_state;
    co_return std::move(*refused);
  }
  SessionRun session_run{std::get<Finished>(std::move(result)), std::nullopt};
  if (end_ == SessionEnd::none) {
    settle(request, kind, session_run.run, *from, made);
    if (end_ == SessionEnd::none) session_run.state = states_->head();
  }
  hold_until_settled(*session_run.run.held);
  co_return session_run;
}

void Session::hold_until_settled(Admitted& held) {
  if (end_ == SessionEnd::none && !cell_->is_settled()) slot_ = std::move(held.slot);
}

// A run begins only when its state is kept or cannot be: the report of it is there by now.
void Session::learn_whether_kept(StateId state) {
  const SessionState* const found = states_->find(state);
  if (found != nullptr && found->keeping == Keeping::awaited) cell_->catch_up();
}

// The latest state is where a run starts anyway.
bool Session::needs_checkpoints(const SessionFields& fields) const {
  const bool is_latest = fields.from.empty() || fields.from == name_of_state(states_->head());
  return fields.rolls_back_errors || !is_latest;
}

// Where the session is after a run.
void Session::settle(const ExecutionRequest& request, RunKind kind, const Finished& run,
                     StateId from, StateId made) {
  run_over_at_ = Clock::now();
  const auto* const failed = std::get_if<Failed>(&run.outcome);
  // Where memory ran out the harness has dropped the script's variables to report it.
  const bool is_unusable = failed != nullptr && failed->kind == protocol::FailureKind::memory;
  if (!has_checkpoints() && (!run.replied || is_unusable)) return lose();
  if (!run.replied) {
    ++parts_.counts.rolled_back;
    return go_back(from);
  }
  if (kind == RunKind::look) return;
  const SessionState* const before = states_->find(from);
  const bool can_go_back = before != nullptr && before->keeping == Keeping::kept;
  const auto way_back = states_->way_back(from);
  states_->advance(made, from, WallClock::now());
  if (kind == RunKind::edit) states_->note_edit(made, from);
  const bool rolls_back = failed != nullptr && request.session.rolls_back_errors;
  if ((is_unusable && way_back) || (rolls_back && can_go_back)) {
    ++parts_.counts.rolled_back;
    states_->go_to(*way_back);
    states_->note_lost(made);
    abandoned_.insert(made);
  }
  trim();
}

// The process at `state` is gone. Where no copy of it was kept, as memory may have been short for
// one, the session goes on at an earlier state.
void Session::go_back(StateId state) {
  const auto back = states_->way_back(state);
  if (!back) return lose();
  states_->go_to(*back);
  if (*back != state) cell_->go_to(*back);
}

// The kernel has killed both the process that ran in this state and the one that held its copy.
void Session::leave_lost(StateId state) {
  states_->note_lost(state);
  if (state == states_->head()) go_back(state);
}

// There is nothing to go back to.
void Session::lose() {
  end_ = SessionEnd::lost;
  end_cell();
}

void Session::trim() {
  while (const auto dropped = states_->drop_one(parts_.config.states_max)) cell_->drop(*dropped);
}

bool Session::interrupt() {
  if (current_ == nullptr) return false;
  current_->raise(InterruptReason::request);
  return true;
}

void Session::end(SessionEnd why) {
  if (std::exchange(end_, end_ == SessionEnd::none ? why : end_) != SessionEnd::none) return;
  // A run that goes on is ended as any other, and the cell behind it.
  if (!interrupt() && cell_ != nullptr) end_cell();
}

void Session::end_cell() {
  cell_->end();
  slot_.give_back();
}

Clock::time_point Session::expires_at() const {
  return std::min(idle_since_ + limits_.idle_time, started_ + limits_.life_time);
}

bool Session::comes_early(StateId state, bool kept) {
  if (!making_ || making_->state != state) return false;
  making_->kept = kept;
  return true;
}

void Session::apply_early_report() {
  const auto making = std::exchange(making_, std::nullopt);
  if (end_ != SessionEnd::none || !making || !making->kept) return;
  if (*making->kept) {
    on_kept(making->state);
  } else {
    on_keep_failed(making->state, 0);
  }
}

void Session::on_kept(StateId state) {
  if (comes_early(state, true)) return;
  if (state != kFirstState) {  // which no run made
    parts_.counts.keeping.observe(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - run_over_at_));
  }
  if (abandoned_.erase(state) > 0) return leave(state);
  if (const auto superseded = states_->note_kept(state)) cell_->drop(*superseded);
}

void Session::on_keep_failed(StateId state, int /*sys_errno*/) {
  if (comes_early(state, false)) return;
  ++parts_.counts.not_kept;
  states_->note_lost(state);
  if (abandoned_.erase(state) > 0) leave(state);
}

// Not before the copy of the state was made or could not be: the cell is at nothing else then.
void Session::leave(StateId abandoned) {
  if (current_ == nullptr) cell_->go_to(states_->head());
  cell_->drop(abandoned);
}

void Session::on_state_lost(StateId state) { states_->note_lost(state); }

void Session::on_went_back(StateId state) {
  ++parts_.counts.went_back;
  go_back(state);
}

// The oldest state goes before the kernel has to kill one for want of memory. One at a time: what
// it frees shows when the next state is kept.
void Session::on_memory(std::uint64_t bytes) {
  memory_bytes_ = bytes;
  const bool is_short = bytes > limits_.memory_bytes / 4 * 3;
  if (!is_short || !states_ || states_->size() < 2) return;
  if (const auto dropped = states_->drop_one(states_->size() - 1)) cell_->drop(*dropped);
}

void Session::on_ended() {
  slot_.give_back();
  if (end_ == SessionEnd::none) end_ = SessionEnd::lost;
}

}  // namespace forkjail::server
