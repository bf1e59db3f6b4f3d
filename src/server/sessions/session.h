// One session: a cell that is held from run to run, the states that the runs made, and the queue of
// requests to it. Its runs come one after the other; each takes a right to run only while it runs.
//
// Shared by the store and by the requests that are in it, which outlive its removal.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "loop/interruption.h"
#include "loop/loop.h"
#include "loop/turnstile.h"
#include "server/observe/session_counts.h"
#include "server/runner/runner.h"
#include "server/sessions/held_cell.h"
#include "server/sessions/session_config.h"
#include "server/sessions/state_tree.h"

namespace forkjail::server {

// Why a request to a session is not served, beside the reasons that any request can meet.
enum class SessionRefusal : std::uint8_t {
  busy,            // too many requests wait for it
  unknown_state,   // `from` names none that it has
  lost_state,      // its process was killed, and nobody knew yet
  ended,           // it has ended meanwhile: SessionEnd
  no_checkpoints,  // it cannot go back, and was asked to
};

// Why a session is no more.
enum class SessionEnd : std::uint8_t {
  none,
  deleted,
  expired,
  evicted,
  lost,  // its processes were killed, and nothing was left to go back to
};

enum class RunKind : std::uint8_t {
  script,  // makes a state
  edit,    // of a file: makes a state that takes the place of another edit's
  look,    // at files: makes none
};

// A run that began and is over, and where the session is now.
struct SessionRun {
  Finished run;
  std::optional<StateId> state;  // empty: the session ended with the run
};
using SessionResult = std::variant<SessionRun, SessionRefusal, Refused>;

class Session final : private HeldCellEvents {
 public:
  struct Parts {
    Executor executor;
    const Runner& runner;
    const SessionConfig& config;
    SessionCounts& counts;
  };
  // The parts outlive it. `owner`: who made it; empty where nobody is known.
  Session(const Parts& parts, std::string id, std::string owner, const SessionLimits& limits);
  ~Session();

  // Takes a cell. Empty: it is ready; else it is to be thrown away.
  Task<std::optional<Refused>> start(HeldCells& cells, Interruption& interruption, PartyPtr party);

  // Runs the request once those before it are over. All outlive the call.
  Task<SessionResult> run(const ExecutionRequest& request, RunKind kind, Interruption& interruption,
                          RunEvents* events, Arrival arrival);
  // Ends the run that goes on. False: none does.
  bool interrupt();
  // Ends the session: its run, its states, its cell. The first reason stays.
  void end(SessionEnd why);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::string& owner() const { return owner_; }
  [[nodiscard]] const SessionLimits& limits() const { return limits_; }
  [[nodiscard]] const StateTree& states() const { return *states_; }
  [[nodiscard]] bool has_checkpoints() const { return states_->keeps(); }
  [[nodiscard]] WallClock::time_point created_at() const { return created_at_; }
  [[nodiscard]] SessionEnd ended() const { return end_; }
  // A request runs in it or waits for it.
  [[nodiscard]] bool busy() const { return requests_ > 0; }
  // What its states and files held when the last state was kept; 0: not known.
  [[nodiscard]] std::uint64_t memory_bytes() const { return memory_bytes_; }
  // Since when nothing was asked of it.
  [[nodiscard]] Clock::time_point idle_since() const { return idle_since_; }
  // When it ends if nothing is asked of it.
  [[nodiscard]] Clock::time_point expires_at() const;

 private:
  // HeldCellEvents
  void on_kept(StateId state) override;
  void on_keep_failed(StateId state, int sys_errno) override;
  void on_state_lost(StateId state) override;
  void on_went_back(StateId state) override;
  void on_settled() override { slot_.give_back(); }
  void on_memory(std::uint64_t bytes) override;
  void on_ended() override;

  Task<SessionResult> run_now(const ExecutionRequest& request, RunKind kind,
                              Interruption& interruption, RunEvents* events, Arrival arrival);
  void settle(const ExecutionRequest& request, RunKind kind, const Finished& run, StateId from,
              StateId made);
  void hold_until_settled(Admitted& held);
  void end_cell();
  void learn_whether_kept(StateId state);
  [[nodiscard]] bool needs_checkpoints(const SessionFields& fields) const;
  void go_back(StateId state);
  void leave_lost(StateId state);
  void lose();
  void trim();
  void leave(StateId abandoned);
  [[nodiscard]] bool comes_early(StateId state, bool kept);
  void apply_early_report();

  Parts parts_;
  std::string id_;
  std::string owner_;
  SessionLimits limits_;
  std::unique_ptr<HeldCell> cell_;
  std::optional<StateTree> states_;  // once there is a cell
  std::set<StateId> abandoned_;      // made by runs that were rolled back, and not kept yet
  // The state that the run in progress makes. Whether it is kept may be reported before the reply
  // of its run is read; that is remembered until the state is in the tree.
  struct Making {
    StateId state;
    std::optional<bool> kept;
  };
  std::optional<Making> making_;
  RunSlot slot_;  // of the last run, until nothing is computed on behalf of it any more
  Turnstile turns_;
  Interruption* current_ = nullptr;  // of the run that goes on
  std::size_t requests_ = 0;
  std::uint64_t memory_bytes_ = 0;
  SessionEnd end_ = SessionEnd::none;
  WallClock::time_point created_at_ = WallClock::now();
  Clock::time_point started_ = Clock::now();
  Clock::time_point idle_since_ = Clock::now();
  Clock::time_point run_over_at_ = Clock::now();
};

}  // namespace forkjail::server
