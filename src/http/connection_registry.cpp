#include "http/connection_registry.h"

#include <algorithm>

namespace forkjail::http {
namespace {

constexpr std::chrono::milliseconds kSweepInterval{250};

}  // namespace

ConnectionRegistry::ConnectionRegistry(const Executor& executor, const Limits& limits)
    : limits_(limits),
      timer_(executor),
      seats_{Seats{limits.connections_max, limits.waiting_time_min, 0, {}, {}},
             Seats{limits.kept_back_max, limits.kept_back_waiting_time_min, 0, {}, {}}} {}

// ---- seats ----

ConnectionRegistry::Membership::Membership(ConnectionRegistry& registry,
                                           RegisteredConnection& connection, Seat seat)
    : registry_(registry),
      member_(
          registry.members_.emplace(registry.members_.end(), connection, seat, ++registry.came_)) {
  ++registry.seats(seat).taken;
  note_phase();
  registry_.sweep_later();
}

ConnectionRegistry::Membership::~Membership() {
  registry_.give_back(*member_);
  registry_.members_.erase(member_);
}

std::optional<Seat> ConnectionRegistry::seat_newcomer() {
  for (const Seat seat : {Seat::ordinary, Seat::kept_back}) {
    if (seats(seat).taken < seats(seat).number || make_room(seat, GaveWay::connections)) {
      return seat;
    }
  }
  return std::nullopt;
}

Clock::time_point ConnectionRegistry::next_seat_at() const {
  return std::min(seats_[0].none_waits_till, seats_[1].none_waits_till);
}

bool ConnectionRegistry::free_descriptor() {
  return make_room(Seat::ordinary, GaveWay::descriptors) ||
         make_room(Seat::kept_back, GaveWay::descriptors);
}

bool ConnectionRegistry::make_room(Seat seat, GaveWay reason) {
  const auto now = Clock::now();
  Seats& of_kind = seats(seat);
  if (now < of_kind.none_waits_till) return false;
  WaitingPlace* const longest = of_kind.waiting.first(now - of_kind.waiting_time_min);
  if (longest == nullptr) {
    const auto first_since = std::min(now, of_kind.waiting.first_since().value_or(now));
    of_kind.none_waits_till = first_since + of_kind.waiting_time_min;
    return false;
  }
  give_way(static_cast<Member&>(*longest), reason);
  return true;
}

bool ConnectionRegistry::may_be_busy(Member& member) {
  if (member.seat == Seat::ordinary || member.busy) return true;
  Seats& ordinary = seats(Seat::ordinary);
  if (ordinary.taken < ordinary.number || make_room(Seat::ordinary, GaveWay::connections)) {
    --seats(Seat::kept_back).taken;
    ++ordinary.taken;
    member.seat = Seat::ordinary;
    put_in_order(member);
    return true;
  }
  if (kept_back_busy_ >= limits_.kept_back_busy_max) return false;
  ++kept_back_busy_;
  member.busy = true;
  return true;
}

// ---- what they hold ----

bool ConnectionRegistry::hold_body(Member& member, std::size_t bytes) {
  const std::size_t counted = bytes - std::min(bytes, limits_.body_bytes_free);
  const std::size_t more = counted - std::min(counted, member.body_bytes);
  while (more > 0 && body_bytes_ + more > limits_.bodies_bytes_max) {
    const auto now = Clock::now();
    Member* const slowest = longest_waiting([&](const Member& other) {
      const ConnectionPhase& phase = other.connection->phase();
      return &other != &member && other.body_bytes > 0 && phase.at() == Phase::body &&
             now - phase.since() >= limits_.waiting_time_min;
    });
    if (slowest == nullptr) return false;
    give_way(*slowest, GaveWay::large_bodies);
  }
  member.body_bytes += more;
  body_bytes_ += more;
  return true;
}

void ConnectionRegistry::hold_answer(Member& member, std::size_t bytes) {
  while (answer_bytes_ + bytes > limits_.answers_bytes_max) {
    Member* const slowest = longest_waiting(
        [&](const Member& other) { return &other != &member && other.answer_bytes > 0; });
    if (slowest == nullptr) break;  // one answer alone is always let through
    give_way(*slowest, GaveWay::unread_answers);
  }
  member.answer_bytes += bytes;
  answer_bytes_ += bytes;
}

// ---- giving way ----

void ConnectionRegistry::put_in_order(Member& member) {
  member.unlink();
  const ConnectionPhase& phase = member.connection->phase();
  if (member.leaving || !phase.waits()) return;
  seats(member.seat).waiting.put(member, member.connection->kept_alive(), phase.since());
}

// On whatever seat.
template <typename Suits>
ConnectionRegistry::Member* ConnectionRegistry::longest_waiting(Suits suits) {
  for (const bool kept_alive : {false, true}) {
    Member* longest = nullptr;
    for (Seats& each : seats_) {
      auto& places = each.waiting.of(kept_alive);
      const auto found = std::ranges::find_if(
          places, [&](WaitingPlace& place) { return suits(static_cast<Member&>(place)); });
      if (found == places.end() || (longest != nullptr && longest->before(*found))) continue;
      longest = static_cast<Member*>(&*found);
    }
    if (longest != nullptr) return longest;
  }
  return nullptr;
}

// What it held counts no more from here on; its memory is free a turn of the loop later.
void ConnectionRegistry::give_way(Member& member, GaveWay reason) {
  ++gave_way_.at(static_cast<std::size_t>(reason));
  if (reason == GaveWay::large_bodies) {
    body_bytes_ -= std::exchange(member.body_bytes, 0);  // it stays until its client was told
  } else {
    give_back(member);
  }
  member.connection->give_way(reason);
}

void ConnectionRegistry::give_back(Member& member) {
  body_bytes_ -= std::exchange(member.body_bytes, 0);
  answer_bytes_ -= std::exchange(member.answer_bytes, 0);
  if (std::exchange(member.leaving, true)) return;
  member.unlink();
  --seats(member.seat).taken;
  if (member.busy) --kept_back_busy_;
}

// ---- all of them ----

void ConnectionRegistry::drain() {
  draining_ = true;
  const auto now = Clock::now();
  for (const Member& member : members_) member.connection->drain(now);
}

void ConnectionRegistry::interrupt_all(InterruptReason reason) {
  for (const Member& member : members_) member.connection->interrupt(reason);
}

void ConnectionRegistry::close_all() {
  for (const Member& member : members_) member.connection->close();
}

void ConnectionRegistry::sweep_later() {
  if (sweeping_ || members_.empty()) return;
  sweeping_ = true;
  timer_.expires_after(kSweepInterval);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    sweeping_ = false;
    if (ec) return;
    const auto now = Clock::now();
    for (const Member& member : members_) member.connection->sweep(now);
    sweep_later();
  });
}

}  // namespace forkjail::http
