// On whose behalf runs are admitted: the holder of a key, or all clients of one address. Shared by
// those who sent the requests and by what is left of their runs; which of several parties is served
// next is fair_queue.h.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <memory>

#include "protocol/flavour.h"

namespace forkjail::server {

// What a request waits for beside the right to run: a cell of a flavour, or nothing.
using Lane = std::size_t;
inline constexpr Lane kHeldLane = protocol::kFlavours.size();  // it holds its cell already
inline constexpr std::size_t kLanes = kHeldLane + 1;
using Lanes = std::bitset<kLanes>;
[[nodiscard]] constexpr Lane lane_of(protocol::Flavour flavour) {
  return static_cast<Lane>(flavour);
}

struct PartyTerms {
  static constexpr std::uint32_t kUnlimited = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t weight = 1;  // how many of its requests are served in its turn
  std::uint32_t running_max = kUnlimited;
  std::uint32_t queue_max = kUnlimited;
  protocol::Owner owner = protocol::kEverybody;  // whose cells its requests run in, and no others
};

struct Place;

class Party {
 public:
  explicit Party(const PartyTerms& terms = {}) : terms_(terms) {}
  Party(const Party&) = delete;  // places and slots point to it
  Party& operator=(const Party&) = delete;

  [[nodiscard]] const PartyTerms& terms() const { return terms_; }
  // What runs or waits is not touched.
  void set_terms(const PartyTerms& terms) { terms_ = terms; }
  [[nodiscard]] std::uint32_t running() const { return running_; }
  [[nodiscard]] std::size_t queued() const { return places_.size(); }

 private:
  friend class FairQueue;

  PartyTerms terms_;
  std::uint32_t running_ = 0;
  std::list<Place*> places_;                   // first come first served
  std::array<std::size_t, kLanes> waiting_{};  // of them, by what they wait for
  Lanes waits_for_;                            // where that is not 0
  std::uint32_t turns_left_ = 0;               // until the next party is served
  std::list<Party*>::iterator in_ring_;        // valid while it has places
};

using PartyPtr = std::shared_ptr<Party>;

// One request that waits. Its owner takes it out of the queue before its end.
struct Place {
  Place(PartyPtr whose, Lane waits_for) : party(std::move(whose)), lane(waits_for) {}

  PartyPtr party;
  Lane lane;
  bool queued = false;
  std::list<Place*>::iterator at = {};  // valid while it is queued
};

}  // namespace forkjail::server
