#include "server/sessions/state_tree.h"

#include <charconv>
#include <utility>

namespace forkjail::server {

const SessionState* StateTree::find(StateId id) const {
  const auto found = states_.find(id);
  return found == states_.end() ? nullptr : &found->second;
}

void StateTree::add(StateId id, StateId parent, WallClock::time_point now) {
  states_[id] = {.parent = parent,
                 .created_at = now,
                 .keeping = keeps_ ? Keeping::awaited : Keeping::not_kept};
}

void StateTree::advance(StateId made, StateId parent, WallClock::time_point now) {
  const StateId before = head_;
  add(made, parent, now);
  head_ = made;
  forget_unkept(before);
}

std::optional<StateId> StateTree::way_back(StateId id) const {
  const auto has_copy = [](const SessionState& state) {
    return state.keeping != Keeping::not_kept;
  };
  for (auto state = states_.find(id); state != states_.end();
       state = states_.find(state->second.parent)) {
    if (has_copy(state->second)) return state->first;
  }
  for (auto state = states_.rbegin(); state != states_.rend(); ++state) {
    if (has_copy(state->second)) return state->first;
  }
  return std::nullopt;
}

void StateTree::go_to(StateId id) {
  const StateId before = head_;
  if (!states_.contains(id)) return;
  head_ = id;
  if (before != id) forget_unkept(before);
}

void StateTree::forget_unkept(StateId id) {
  const auto found = states_.find(id);
  if (found == states_.end() || found->second.keeping != Keeping::not_kept) return;
  states_.erase(found);
}

void StateTree::note_edit(StateId made, StateId before) {
  const auto found = states_.find(made);
  const auto base = states_.find(before);
  if (found == states_.end()) return;
  found->second.is_edit = true;
  if (base == states_.end() || !base->second.is_edit || base->second.named) return;
  found->second.supersedes = before;
  found->second.parent = base->second.parent;
}

std::optional<StateId> StateTree::note_kept(StateId id) {
  const auto found = states_.find(id);
  if (found == states_.end()) return std::nullopt;
  found->second.keeping = Keeping::kept;
  const auto superseded = states_.find(std::exchange(found->second.supersedes, 0));
  if (superseded == states_.end() || superseded->first == head_ || superseded->second.named) {
    return std::nullopt;
  }
  const StateId gone = superseded->first;
  states_.erase(superseded);
  return gone;
}

void StateTree::note_named(StateId id) {
  const auto found = states_.find(id);
  if (found != states_.end()) found->second.named = true;
}

void StateTree::note_lost(StateId id) {
  const auto found = states_.find(id);
  if (found == states_.end()) return;
  found->second.keeping = Keeping::not_kept;
  if (id != head_) states_.erase(found);
}

std::optional<StateId> StateTree::drop_one(std::size_t states_max) {
  if (states_.size() <= states_max) return std::nullopt;
  auto chosen = states_.end();
  for (auto state = states_.begin(); state != states_.end(); ++state) {
    if (state->first == head_) continue;
    if (chosen == states_.end()) chosen = state;
    if (state->second.named) continue;
    chosen = state;
    break;
  }
  if (chosen == states_.end()) return std::nullopt;
  const StateId id = chosen->first;
  states_.erase(chosen);
  return id;
}

std::string name_of_state(StateId id) { return "s" + std::to_string(id); }

std::optional<StateId> state_of_name(std::string_view name) {
  if (!name.starts_with('s') || name.starts_with("s0")) return std::nullopt;
  StateId id = 0;
  const char* const end = name.data() + name.size();
  const auto [at, ec] = std::from_chars(name.data() + 1, end, id);
  return ec == std::errc() && at == end && id != 0 ? std::optional(id) : std::nullopt;
}

}  // namespace forkjail::server
