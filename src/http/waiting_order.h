// In which order connections give way: those that wait for their clients, the one that has waited
// longest first. A connection that was kept alive after an answer goes after those that have shown
// nothing yet, and of two that have waited equally long the one that came first gives way.
//
// A connection begins to wait now, whatever it waits for, so that its place is at the end and costs
// the same however many there are; one that changes its seat is put where it belongs. Pure: the
// caller says since when. A place belongs to its connection, and leaves the order when destroyed.
#pragma once

#include <algorithm>
#include <array>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <iterator>
#include <optional>

#include "loop/loop.h"

namespace forkjail::http {

class WaitingPlace : public boost::intrusive::list_base_hook<
                         boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  // `number`: those that came later have a higher one.
  explicit WaitingPlace(std::uint64_t number) : number_(number) {}

  [[nodiscard]] Clock::time_point since() const { return since_; }
  [[nodiscard]] bool before(const WaitingPlace& other) const {
    return since_ != other.since_ ? since_ < other.since_ : number_ < other.number_;
  }

 private:
  friend class WaitingOrder;

  std::uint64_t number_;
  Clock::time_point since_;
};

class WaitingOrder {
 public:
  using Places = boost::intrusive::list<WaitingPlace, boost::intrusive::constant_time_size<false>>;

  // `place` is in no order.
  void put(WaitingPlace& place, bool kept_alive, Clock::time_point since) {
    place.since_ = since;
    Places& places = of(kept_alive);
    auto next = places.end();
    while (next != places.begin() && place.before(*std::prev(next))) --next;
    places.insert(next, place);
  }

  // The one whose turn it is, if it waits since then or longer. Null: none does.
  [[nodiscard]] WaitingPlace* first(Clock::time_point since_max) {
    for (Places& places : places_) {
      if (!places.empty() && places.front().since() <= since_max) return &places.front();
    }
    return nullptr;
  }
  // Since when the longest waits, kept alive or not. Empty: none waits.
  [[nodiscard]] std::optional<Clock::time_point> first_since() const {
    std::optional<Clock::time_point> earliest;
    for (const Places& places : places_) {
      if (places.empty()) continue;
      const auto since = places.front().since();
      earliest = earliest ? std::min(*earliest, since) : since;
    }
    return earliest;
  }

  [[nodiscard]] Places& of(bool kept_alive) { return places_[kept_alive ? 1 : 0]; }

 private:
  std::array<Places, 2> places_;  // then those that were kept alive
};

}  // namespace forkjail::http
