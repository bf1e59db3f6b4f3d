// The registry keeps connections in the order in which they give way. Whatever happens to them, it
// chooses the one that a search through all of them chooses.
#include "http/waiting_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <tuple>
#include <vector>

#include "unit/http/fake_connection.h"

namespace forkjail::http {
namespace {

using namespace std::chrono_literals;

constexpr auto kWaitingTimeMin = 1h;  // whether one has waited so long does not change meanwhile

Limits small_limits() {
  Limits limits;
  limits.connections_max = 12;
  limits.kept_back_max = 6;
  limits.kept_back_busy_max = 3;
  limits.waiting_time_min = kWaitingTimeMin;
  limits.kept_back_waiting_time_min = kWaitingTimeMin;
  limits.bodies_bytes_max = 1'000;
  limits.body_bytes_free = 0;
  limits.answers_bytes_max = 1'000;
  return limits;
}

// What the search knows of a connection, in the order in which they came.
struct Known {
  std::unique_ptr<FakeConnection> connection;
  std::size_t body_bytes = 0;
  std::size_t answer_bytes = 0;

  [[nodiscard]] bool left() const {
    return connection->gave_way && *connection->gave_way != GaveWay::large_bodies;
  }
  [[nodiscard]] auto turn() const {
    return std::tuple(connection->kept_alive(), connection->phase().since());
  }
  [[nodiscard]] bool has_waited_long() const {
    return Clock::now() - connection->phase().since() >= kWaitingTimeMin;
  }
};

class RandomRegistry {
 public:
  explicit RandomRegistry(unsigned seed) : random_(seed) {}

  void step() {
    switch (pick(8)) {
      case 0:
      case 1:
        return take_seat();
      case 2:
        return leave();
      case 3:
      case 4:
        return change();
      case 5:
        return be_busy();
      case 6:
        return hold_answer();
      default:
        return hold_body();
    }
  }
  [[nodiscard]] std::size_t gave_way() const { return victims_; }

 private:
  std::size_t pick(std::size_t choices) { return random_() % choices; }
  Known* any() { return known_.empty() ? nullptr : &known_[pick(known_.size())]; }

  template <typename Suits>
  Known* search(Suits suits) {
    Known* longest = nullptr;
    for (Known& each : known_) {
      if (each.left() || !each.connection->phase().waits() || !suits(each)) continue;
      if (longest == nullptr || each.turn() < longest->turn()) longest = &each;
    }
    return longest;
  }
  // Who gives way for a seat of this kind.
  FakeConnection* search_seat(Seat seat) {
    bool& fruitless = fruitless_.at(static_cast<std::size_t>(seat));
    if (fruitless) return nullptr;  // it does not look again for an hour
    const auto* const found = search([&](const Known& each) {
      return each.connection->membership.seat() == seat && each.has_waited_long();
    });
    fruitless = found == nullptr;
    return found == nullptr ? nullptr : found->connection.get();
  }
  std::size_t taken(Seat seat) {
    return static_cast<std::size_t>(std::ranges::count_if(known_, [&](const Known& each) {
      return !each.left() && each.connection->membership.seat() == seat;
    }));
  }

  static std::vector<FakeConnection*> list(FakeConnection* victim) {
    return victim == nullptr ? std::vector<FakeConnection*>() : std::vector{victim};
  }
  // These gave way, and nobody else since the last step.
  void expect(const std::vector<FakeConnection*>& victims) {
    std::size_t count = 0;
    for (const auto reason : {GaveWay::connections, GaveWay::descriptors, GaveWay::unread_answers,
                              GaveWay::large_bodies}) {
      count += registry_.gave_way(reason);
    }
    EXPECT_EQ(count - victims_, victims.size());
    for (const FakeConnection* const victim : victims) EXPECT_TRUE(victim->gave_way);
    victims_ = count;
  }

  void take_seat() {
    if (pick(4) == 0) {
      auto* victim = search_seat(Seat::ordinary);
      if (victim == nullptr) victim = search_seat(Seat::kept_back);
      return mark(list(victim), [&] { EXPECT_EQ(registry_.free_descriptor(), victim != nullptr); });
    }
    std::optional<Seat> expected;
    FakeConnection* victim = nullptr;
    for (const auto& [seat, number] :
         {std::pair(Seat::ordinary, 12U), std::pair(Seat::kept_back, 6U)}) {
      if (taken(seat) >= number) victim = search_seat(seat);
      if (taken(seat) >= number && victim == nullptr) continue;
      expected = seat;
      break;
    }
    std::optional<Seat> seat;
    mark(list(victim), [&] { seat = registry_.seat_newcomer(); });
    EXPECT_EQ(seat, expected);
    if (seat) known_.push_back({std::make_unique<FakeConnection>(registry_, *seat)});
  }

  void leave() {
    if (known_.empty()) return;
    known_.erase(known_.begin() + static_cast<std::ptrdiff_t>(pick(known_.size())));
  }

  // Often one has waited as long as another.
  void change() {
    Known* const one = any();
    if (one == nullptr) return;
    constexpr std::array kPhases{Phase::idle,      Phase::header,  Phase::body,
                                 Phase::answering, Phase::writing, Phase::lingering};
    const auto since = start_ - (pick(2) == 0 ? 0h : 2h) - std::chrono::seconds(pick(5));
    one->connection->since(kPhases.at(pick(kPhases.size())), since);
    if (pick(4) == 0) one->connection->keep_alive();
  }

  void be_busy() {
    Known* const one = any();
    if (one == nullptr || one->left()) return;
    ConnectionRegistry::Membership& membership = one->connection->membership;
    const bool moves = membership.seat() == Seat::kept_back && !one->connection->busy;
    FakeConnection* victim = nullptr;
    if (moves && taken(Seat::ordinary) >= 12) victim = search_seat(Seat::ordinary);
    mark(list(victim), [&] {
      const bool may = membership.may_be_busy();
      one->connection->busy = may && membership.seat() == Seat::kept_back;
    });
    EXPECT_TRUE(victim == nullptr || membership.seat() == Seat::ordinary);
  }

  void hold_answer() {
    Known* const one = any();
    if (one == nullptr || one->left() || one->answer_bytes > 0) return;
    const std::size_t bytes = 100 * (1 + pick(5));
    std::vector<FakeConnection*> victims;
    while (sum(&Known::answer_bytes) + bytes > 1'000) {
      Known* const slowest =
          search([&](const Known& each) { return &each != one && each.answer_bytes > 0; });
      if (slowest == nullptr) break;
      victims.push_back(slowest->connection.get());
      slowest->connection->gave_way = GaveWay::unread_answers;
    }
    mark(victims, [&] { one->connection->membership.hold_answer(bytes); });
    one->answer_bytes = bytes;
  }

  void hold_body() {
    Known* const one = any();
    if (one == nullptr || one->left()) return;
    const std::size_t bytes = one->body_bytes + (100 * (1 + pick(5)));
    std::vector<FakeConnection*> victims;
    bool holds = true;
    while (sum(&Known::body_bytes) + (bytes - one->body_bytes) > 1'000) {
      Known* const slowest = search([&](const Known& each) {
        return &each != one && each.body_bytes > 0 &&
               each.connection->phase().at() == Phase::body && each.has_waited_long();
      });
      holds = slowest != nullptr;
      if (!holds) break;
      victims.push_back(slowest->connection.get());
      slowest->body_bytes = 0;
    }
    mark(victims, [&] { EXPECT_EQ(one->connection->membership.hold_body(bytes), holds); });
    if (holds) one->body_bytes = bytes;
  }

  // Of those that have not left.
  std::size_t sum(std::size_t Known::* bytes) {
    std::size_t all = 0;
    for (const Known& each : known_) all += each.left() ? 0 : each.*bytes;
    return all;
  }
  // The search has marked some of its victims; the registry marks its own.
  template <typename Work>
  void mark(const std::vector<FakeConnection*>& victims, Work work) {
    for (FakeConnection* const victim : victims) victim->gave_way.reset();
    work();
    expect(victims);
  }

  const Clock::time_point start_ = Clock::now();
  std::mt19937 random_;
  Loop loop_;
  ConnectionRegistry registry_{loop_.get_executor(), small_limits()};
  std::vector<Known> known_;
  std::array<bool, 2> fruitless_{};
  std::size_t victims_ = 0;
};

TEST(WaitingOrder, ChoosesWhomASearchThroughAllConnectionsChooses) {
  std::size_t gave_way = 0;
  for (unsigned seed = 0; seed < 3'000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomRegistry registry(seed);
    for (int i = 0; i < 150 && !testing::Test::HasFailure(); ++i) registry.step();
    gave_way += registry.gave_way();
  }
  EXPECT_GT(gave_way, 10'000U);
}

}  // namespace
}  // namespace forkjail::http
