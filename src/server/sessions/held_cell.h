// The cell of one session as the session sees it: it runs requests in states, keeps states, and
// goes back to them. An interface, so that sessions can be tested without processes, and because
// not every place has checkpoints.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "loop/interruption.h"
#include "loop/loop.h"
#include "server/admission/admission.h"
#include "server/run/execution_request.h"
#include "server/run/run.h"
#include "server/run/run_events.h"
#include "server/sessions/state_tree.h"

namespace forkjail::server {

// What happens to a session's states between and during runs. Never called from within a call to
// the cell but catch_up().
class HeldCellEvents {
 public:
  virtual void on_kept(StateId state) = 0;
  virtual void on_keep_failed(StateId state, int sys_errno) = 0;
  virtual void on_state_lost(StateId state) = 0;  // the kept one was killed
  virtual void on_went_back(StateId state) = 0;   // the head was ended: the session is at `state`
  virtual void on_settled() = 0;  // nothing is computed on behalf of the last run any more
  virtual void on_memory(std::uint64_t bytes) = 0;  // what all of it holds now
  virtual void on_ended() = 0;                      // the whole cell, for whatever reason

 protected:
  ~HeldCellEvents() = default;
};

class HeldCell {
 public:
  HeldCell() = default;
  HeldCell(const HeldCell&) = delete;
  HeldCell& operator=(const HeldCell&) = delete;
  virtual ~HeldCell() = default;

  // One at a time. All outlive the call. If the script comes to its end, the session is at
  // `new_state`, else it is at `from`, or without checkpoints nowhere.
  virtual Task<RunReport> run(const ExecutionRequest& request, StateId from, StateId new_state,
                              Interruption& interruption, RunEvents* events) = 0;
  // Of the last run: it was not begun, since the process of its state is gone.
  [[nodiscard]] virtual bool state_was_gone() const = 0;
  // Whether it is over with all that follows its reply; if not, on_settled() comes.
  [[nodiscard]] virtual bool is_settled() const = 0;
  // Tells at once what is known by now and the loop has not come to yet: a run's reply and what
  // becomes of its states come over two pipes, and may be read in either order.
  virtual void catch_up() = 0;
  // Between runs: a state that is kept and not the head is forgotten; the session goes to one.
  virtual void drop(StateId state) = 0;
  virtual void go_to(StateId state) = 0;
  // Ends all of it; nothing more is told but on_ended().
  virtual void end() = 0;
};

// Where sessions get their cells.
class HeldCells {
 public:
  // A new one with this memory, or why there is none. `events` outlives it. While it is made it
  // counts as a run of `party`.
  virtual Task<std::variant<std::unique_ptr<HeldCell>, Refused>> take(HeldCellEvents& events,
                                                                      std::uint64_t memory_bytes,
                                                                      Interruption& interruption,
                                                                      PartyPtr party) = 0;
  // Whether states are kept at all here.
  [[nodiscard]] virtual bool have_checkpoints() const = 0;

 protected:
  ~HeldCells() = default;
};

}  // namespace forkjail::server
