#include "server/admission/fair_queue.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace forkjail::server {

bool FairQueue::may_start(const Party& party) const {
  if (party.running_ >= party.terms_.running_max) return false;
  if (running_ < config_.running_max) return true;
  return party.running_ == 0 && running_ < config_.running_max + config_.reserve;
}

bool FairQueue::is_waited_for(Lane lane) const {
  return std::ranges::any_of(
      ring_, [&](const Party* party) { return party->waiting_.at(lane) > 0 && may_start(*party); });
}

void FairQueue::start(Party& party) {
  ++running_;
  ++party.running_;
}

void FairQueue::end(Party& party) {
  --running_;
  --party.running_;
}

void FairQueue::join(Place& place) {
  Party& party = *place.party;
  if (party.places_.empty()) {
    party.in_ring_ = ring_.insert(ring_.end(), &party);
    party.turns_left_ = party.terms_.weight;
  }
  place.at = party.places_.insert(party.places_.end(), &place);
  place.queued = true;
  ++party.waiting_.at(place.lane);
  party.waits_for_.set(place.lane);
  ++size_;
}

void FairQueue::leave(Place& place) {
  Party& party = *place.party;
  place.queued = false;
  party.places_.erase(place.at);
  if (--party.waiting_.at(place.lane) == 0) party.waits_for_.reset(place.lane);
  --size_;
  if (party.places_.empty()) ring_.erase(party.in_ring_);
}

Place* FairQueue::next(const Lanes& lanes) const {
  const auto is_open = [&](const Place* place) { return lanes.test(place->lane); };
  for (const Party* const party : ring_) {
    if ((lanes & party->waits_for_).none() || !may_start(*party)) continue;
    return *std::ranges::find_if(party->places_, is_open);
  }
  return nullptr;
}

void FairQueue::serve(Place& place) {
  Party& party = *place.party;
  start(party);
  take_turn(party);
  leave(place);
}

// One that could not be served keeps its turn; one that was goes behind the others in the end.
void FairQueue::take_turn(Party& party) {
  if (party.turns_left_ > 1) {
    --party.turns_left_;
    return;
  }
  party.turns_left_ = party.terms_.weight;
  ring_.splice(ring_.end(), ring_, party.in_ring_);
}

Place* FairQueue::gives_way_to(const Party& newcomer) const {
  const auto more = [](std::size_t queued, const Party& party, std::size_t than,
                       const Party& other) {
    return queued * other.terms_.weight > than * party.terms_.weight;
  };
  const Party* most = &newcomer;
  std::size_t its_queue = newcomer.queued() + 1;
  for (const Party* const party : ring_) {
    if (party == &newcomer || !more(party->queued(), *party, its_queue, *most)) continue;
    most = party;
    its_queue = party->queued();
  }
  return most == &newcomer ? nullptr : most->places_.back();
}

// In rounds, one of each party: the order of turns, but for weights.
std::array<std::uint32_t, kLanes> FairQueue::startable() const {
  struct Cursor {
    const Party* party;
    std::list<Place*>::const_iterator next;
    std::uint32_t running;
  };
  std::vector<Cursor> cursors;
  cursors.reserve(ring_.size());
  for (const Party* const party : ring_) {
    cursors.push_back({party, party->places_.begin(), party->running_});
  }
  std::array<std::uint32_t, kLanes> counts{};
  std::uint32_t running = running_;
  for (bool goes_on = true; goes_on;) {
    goes_on = false;
    for (Cursor& cursor : cursors) {
      if (cursor.next == cursor.party->places_.end()) continue;
      if (cursor.running >= cursor.party->terms_.running_max) continue;
      const std::uint32_t slots = config_.running_max + (cursor.running == 0 ? config_.reserve : 0);
      if (running >= slots) continue;
      ++counts.at((*cursor.next)->lane);
      ++cursor.next;
      ++cursor.running;
      ++running;
      goes_on = true;
    }
  }
  return counts;
}

}  // namespace forkjail::server
