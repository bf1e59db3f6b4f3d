// All open connections: their deadlines, their number, the memory that they hold together, their
// end. One sweep every 250 ms replaces the timers and watchers of each connection, so that a
// request pays for neither: a deadline is late by at most one sweep, and a client that left is
// noticed within one.
//
// Where something that all share runs short, the connection that has waited longest for its client
// gives way: it keeps a place and asks nothing, does not read its answer, or does not send its body
// (docs/decisions/giving-way.md). A client that asks and reads at an ordinary pace is not affected.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string_view>
#include <utility>

#include "http/connection_phase.h"
#include "http/limits.h"
#include "http/waiting_order.h"
#include "loop/interruption.h"
#include "loop/loop.h"

namespace forkjail::http {

// Why a connection gave way.
enum class GaveWay : std::uint8_t { connections, descriptors, unread_answers, large_bodies };
struct GaveWayRow {
  GaveWay reason;
  std::string_view name;
};
inline constexpr std::array kGaveWay{
    GaveWayRow{GaveWay::connections, "connections"},
    GaveWayRow{GaveWay::descriptors, "descriptors"},
    GaveWayRow{GaveWay::unread_answers, "unread_answers"},
    GaveWayRow{GaveWay::large_bodies, "large_bodies"},
};

// What the registry asks of a connection.
class RegisteredConnection {
 public:
  [[nodiscard]] virtual const ConnectionPhase& phase() const = 0;
  // Idle, after it was answered at least once.
  [[nodiscard]] virtual bool kept_alive() const = 0;
  // Ends what is overdue, notices a client that is gone.
  virtual void sweep(Clock::time_point now) = 0;
  // Closes for another's sake; where it is the body that gives way, the client is told first.
  virtual void give_way(GaveWay reason) = 0;
  virtual void drain(Clock::time_point now) = 0;
  virtual void close() = 0;
  // Gives up the request that is being answered.
  virtual void interrupt(InterruptReason reason) = 0;

 protected:
  ~RegisteredConnection() = default;
};

enum class Seat : std::uint8_t {
  ordinary,
  kept_back,  // of those beyond connections_max, for a request that is there at once
};

class ConnectionRegistry {
  struct Member : WaitingPlace {
    Member(RegisteredConnection& given, Seat its_seat, std::uint64_t number)
        : WaitingPlace(number), connection(&given), seat(its_seat) {}

    RegisteredConnection* connection;
    Seat seat;
    bool busy = false;     // on a kept-back seat
    bool leaving = false;  // closed, and about to be destroyed by its own coroutine
    std::size_t body_bytes = 0;
    std::size_t answer_bytes = 0;
  };
  using Members = std::list<Member>;

 public:
  ConnectionRegistry(const Executor& executor, const Limits& limits);

  // One connection's place among all, and its part of what they hold; given back when destroyed.
  class [[nodiscard]] Membership {
   public:
    Membership(ConnectionRegistry& registry, RegisteredConnection& connection, Seat seat);
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;
    ~Membership();

    [[nodiscard]] Seat seat() const { return member_->seat; }
    // To be called when phase() says another thing of waiting, or kept_alive() another thing.
    void note_phase() { registry_.put_in_order(*member_); }
    // To be asked before a request that may take long. False: there is no room for it.
    [[nodiscard]] bool may_be_busy() { return registry_.may_be_busy(*member_); }

    // So many bytes of the body have arrived. False: all bodies together are too large.
    [[nodiscard]] bool hold_body(std::size_t bytes) { return registry_.hold_body(*member_, bytes); }
    void release_body() { registry_.body_bytes_ -= std::exchange(member_->body_bytes, 0); }
    // An answer of that size waits for its client. Others give way where they have to.
    void hold_answer(std::size_t bytes) { registry_.hold_answer(*member_, bytes); }
    void release_answer() { registry_.answer_bytes_ -= std::exchange(member_->answer_bytes, 0); }

   private:
    ConnectionRegistry& registry_;
    Members::iterator member_;
  };

  // A seat for one more connection, made free where it has to be. Empty: not now.
  [[nodiscard]] std::optional<Seat> seat_newcomer();
  // When there may be one, after there was none. One that is given back is free before.
  [[nodiscard]] Clock::time_point next_seat_at() const;
  // Closes the connection that has waited longest. False: none has waited long.
  [[nodiscard]] bool free_descriptor();

  // From now on connections close after the answer that they are at; those that wait for a request,
  // or for the rest of one, at once.
  void drain();
  [[nodiscard]] bool draining() const { return draining_; }
  void interrupt_all(InterruptReason reason);
  void close_all();

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] std::size_t body_bytes() const { return body_bytes_; }
  [[nodiscard]] std::size_t answer_bytes() const { return answer_bytes_; }
  [[nodiscard]] std::uint64_t gave_way(GaveWay reason) const {
    return gave_way_.at(static_cast<std::size_t>(reason));
  }

 private:
  struct Seats {
    std::size_t number;
    std::chrono::milliseconds waiting_time_min;
    std::size_t taken = 0;              // by members that are not leaving
    Clock::time_point none_waits_till;  // from the last look: none can give way before
    WaitingOrder waiting;               // members that are not leaving
  };

  [[nodiscard]] Seats& seats(Seat seat) { return seats_.at(static_cast<std::size_t>(seat)); }
  [[nodiscard]] bool make_room(Seat seat, GaveWay reason);
  [[nodiscard]] bool may_be_busy(Member& member);
  [[nodiscard]] bool hold_body(Member& member, std::size_t bytes);
  void hold_answer(Member& member, std::size_t bytes);
  void put_in_order(Member& member);
  template <typename Suits>
  [[nodiscard]] Member* longest_waiting(Suits suits);
  void give_way(Member& member, GaveWay reason);
  void give_back(Member& member);
  void sweep_later();

  Limits limits_;
  Timer timer_;
  Members members_;
  std::uint64_t came_ = 0;
  std::array<Seats, 2> seats_;
  std::size_t kept_back_busy_ = 0;
  std::size_t body_bytes_ = 0;
  std::size_t answer_bytes_ = 0;
  std::array<std::uint64_t, kGaveWay.size()> gave_way_{};
  bool sweeping_ = false;
  bool draining_ = false;
};

}  // namespace forkjail::http
