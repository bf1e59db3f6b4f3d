// The states of one session: which there are, what each was made from, and at which one the session
// is. Names what to drop when there are too many. Pure: processes are the cell's (held_cell.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace forkjail::server {

using StateId = std::uint64_t;
inline constexpr StateId kFirstState = 1;  // that of a new session

using WallClock = std::chrono::system_clock;

enum class Keeping : std::uint8_t {
  awaited,  // it was made a moment ago
  kept,     // it can be gone back to
  not_kept,
};

struct SessionState {
  StateId parent = 0;  // 0: none. May be gone itself
  WallClock::time_point created_at;
  Keeping keeping = Keeping::awaited;
  bool named = false;    // a run was asked to start from it
  bool is_edit = false;  // no script made it: a file was put or removed
  // The state before it, of which only a file was changed: dropped once this one is kept.
  StateId supersedes = 0;
};

class StateTree {
 public:
  // `keeps`: whether states are kept at all.
  StateTree(WallClock::time_point now, bool keeps) : keeps_(keeps) { add(kFirstState, 0, now); }

  [[nodiscard]] bool keeps() const { return keeps_; }
  [[nodiscard]] StateId head() const { return head_; }
  // By id, which is the order of their making.
  [[nodiscard]] const std::map<StateId, SessionState>& states() const { return states_; }
  [[nodiscard]] const SessionState* find(StateId id) const;

  // An id that no other state has or had.
  [[nodiscard]] StateId reserve() { return ++last_; }
  // A run made the state `made` from `parent`; the session is there now. The state that it was at
  // is gone if it is not kept.
  void advance(StateId made, StateId parent, WallClock::time_point now);
  // Where a session goes on that has lost the process at `id`: there, if it is kept, else at the
  // nearest state before it that is, else at the newest one. Empty: no state is kept.
  [[nodiscard]] std::optional<StateId> way_back(StateId id) const;
  // The session is at `id` again. Likewise.
  void go_to(StateId id);

  // `made` differs from `before` in a file alone, and so may `before` from the one before it: of
  // such a row only the last is of use. Called behind advance().
  void note_edit(StateId made, StateId before);
  // The state that is of no use any more, which is forgotten here. Empty: none.
  [[nodiscard]] std::optional<StateId> note_kept(StateId id);
  void note_named(StateId id);
  // It cannot be gone back to any more. The head stays: it lives in the process that runs.
  void note_lost(StateId id);

  [[nodiscard]] std::size_t size() const { return states_.size(); }
  // While there are more than `states_max`: the next one to be dropped, which is forgotten here.
  // The oldest that nobody named; else the oldest. Never the head.
  [[nodiscard]] std::optional<StateId> drop_one(std::size_t states_max);

 private:
  void add(StateId id, StateId parent, WallClock::time_point now);
  void forget_unkept(StateId id);

  bool keeps_;
  std::map<StateId, SessionState> states_;
  StateId head_ = kFirstState;
  StateId last_ = kFirstState;
};

// "s1". Empty: the text is not such a name.
[[nodiscard]] std::string name_of_state(StateId id);
[[nodiscard]] std::optional<StateId> state_of_name(std::string_view name);

}  // namespace forkjail::server
