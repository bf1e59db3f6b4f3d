// Which connection gets a seat and which gives way, with connections that only say what they are
// at.
#include "http/connection_registry.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "unit/http/fake_connection.h"

namespace forkjail::http {
namespace {

using namespace std::chrono_literals;

class ConnectionRegistryTest : public testing::Test {
 protected:
  static Limits small_limits() {
    Limits limits;
    limits.connections_max = 3;
    limits.kept_back_max = 2;
    limits.kept_back_busy_max = 1;
    limits.bodies_bytes_max = 1'000;
    limits.body_bytes_free = 0;
    limits.answers_bytes_max = 1'000;
    return limits;
  }

  FakeConnection& join(Seat seat) {
    connections.push_back(std::make_unique<FakeConnection>(registry, seat));
    return *connections.back();
  }
  FakeConnection& join() {
    const auto seat = registry.seat_newcomer();
    EXPECT_TRUE(seat);
    return join(seat.value_or(Seat::ordinary));
  }

  Loop loop;
  ConnectionRegistry registry{loop.get_executor(), small_limits()};
  std::vector<std::unique_ptr<FakeConnection>> connections;
};

using Seats = ConnectionRegistryTest;

TEST_F(Seats, newcomers_sit_where_there_is_room_and_none_gives_way) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(join().membership.seat(), Seat::ordinary);
  EXPECT_EQ(join().membership.seat(), Seat::kept_back);
  for (const auto& connection : connections) EXPECT_FALSE(connection->gave_way);
}

TEST_F(Seats, the_one_that_waited_longest_gives_way_whatever_it_is_at) {
  for (const Phase phase :
       {Phase::idle, Phase::header, Phase::body, Phase::writing, Phase::lingering}) {
    connections.clear();
    join().at(Phase::header, 1'500ms);
    FakeConnection& longest = join().at(phase, 2s);
    join().at(Phase::answering);
    EXPECT_EQ(join().membership.seat(), Seat::ordinary);
    EXPECT_EQ(longest.gave_way, GaveWay::connections);
    EXPECT_FALSE(connections[0]->gave_way);
    EXPECT_FALSE(connections[2]->gave_way);
  }
}

TEST_F(Seats, one_that_gave_way_does_not_do_so_twice) {
  FakeConnection& longest = join().at(Phase::header, 3s);
  FakeConnection& next = join().at(Phase::header, 2s);
  join().at(Phase::answering);
  join();
  longest.gave_way.reset();
  join();
  EXPECT_FALSE(longest.gave_way);
  EXPECT_TRUE(next.gave_way);
}

TEST_F(Seats, none_gives_way_within_its_first_second) {
  for (int i = 0; i < 3; ++i) join().at(Phase::header, 900ms);
  EXPECT_EQ(registry.seat_newcomer(), Seat::kept_back);
  for (const auto& connection : connections) EXPECT_FALSE(connection->gave_way);
}

TEST_F(Seats, those_kept_alive_go_after_those_that_have_shown_nothing) {
  FakeConnection& kept = join().at(Phase::idle, 60s).keep_alive();
  FakeConnection& half_sent = join().at(Phase::header, 1'100ms);
  join().at(Phase::answering);
  join().at(Phase::answering);
  EXPECT_TRUE(half_sent.gave_way);
  EXPECT_FALSE(kept.gave_way);
  EXPECT_EQ(registry.seat_newcomer(), Seat::ordinary);
  EXPECT_TRUE(kept.gave_way);
}

TEST_F(Seats, kept_back_seats_change_hands_soon_but_not_at_once) {
  for (int i = 0; i < 3; ++i) join().at(Phase::answering);
  FakeConnection& slow = join().at(Phase::header, 150ms);
  join().at(Phase::header, 10ms);
  EXPECT_EQ(join().membership.seat(), Seat::kept_back);
  EXPECT_TRUE(slow.gave_way);
  connections[4]->at(Phase::answering);
  connections[5]->at(Phase::answering);
  EXPECT_FALSE(registry.seat_newcomer()) << "requests that are answered are never closed";
}

TEST_F(Seats, the_next_one_is_due_when_the_first_that_waits_has_waited_long_enough) {
  Limits limits = small_limits();
  limits.waiting_time_min = 2h;
  limits.kept_back_waiting_time_min = 1h;
  ConnectionRegistry other(loop.get_executor(), limits);
  const auto sit = [&](Seat seat) { return std::make_unique<FakeConnection>(other, seat); };
  const std::array ordinary{sit(Seat::ordinary), sit(Seat::ordinary), sit(Seat::ordinary)};
  const std::array kept_back{sit(Seat::kept_back), sit(Seat::kept_back)};
  ordinary[0]->at(Phase::header, 90min);
  kept_back[0]->at(Phase::header, 10min);
  EXPECT_FALSE(other.seat_newcomer());
  EXPECT_EQ(other.next_seat_at(), ordinary[0]->phase().since() + 2h);
}

TEST_F(Seats, one_is_looked_for_again_soon_where_all_are_answered) {
  for (int i = 0; i < 5; ++i) join().at(Phase::answering);
  EXPECT_FALSE(registry.seat_newcomer());
  EXPECT_LE(registry.next_seat_at(), Clock::now() + small_limits().kept_back_waiting_time_min);
}

TEST_F(Seats, a_place_given_back_can_be_taken) {
  for (int i = 0; i < 5; ++i) join().at(Phase::answering);
  EXPECT_FALSE(registry.seat_newcomer());
  connections.erase(connections.begin());
  EXPECT_EQ(registry.seat_newcomer(), Seat::ordinary);
}

TEST_F(Seats, a_request_on_a_kept_back_seat_moves_to_an_ordinary_one_when_it_can) {
  FakeConnection& longest = join().at(Phase::header, 900ms);
  join().at(Phase::answering);
  join().at(Phase::answering);
  FakeConnection& newcomer = join().at(Phase::header);
  ASSERT_EQ(newcomer.membership.seat(), Seat::kept_back);
  // A look that found none is not repeated before one can have waited long enough.
  std::this_thread::sleep_for(150ms);
  EXPECT_TRUE(newcomer.membership.may_be_busy());
  EXPECT_EQ(newcomer.membership.seat(), Seat::ordinary);
  EXPECT_TRUE(longest.gave_way);
}

TEST_F(Seats, few_requests_stay_on_kept_back_seats_where_no_other_is_free) {
  for (int i = 0; i < 3; ++i) join().at(Phase::answering);
  FakeConnection& first = join();
  FakeConnection& second = join();
  EXPECT_TRUE(first.membership.may_be_busy());
  EXPECT_EQ(first.membership.seat(), Seat::kept_back);
  EXPECT_TRUE(first.membership.may_be_busy()) << "asked again, it is still the same one";
  EXPECT_FALSE(second.membership.may_be_busy());
  connections.erase(connections.begin() + 3);
  EXPECT_TRUE(second.membership.may_be_busy());
}

TEST_F(Seats, a_descriptor_is_freed_by_the_one_that_waited_longest) {
  FakeConnection& longest = join().at(Phase::idle, 5s);
  FakeConnection& other = join().at(Phase::header, 2s);
  EXPECT_TRUE(registry.free_descriptor());
  EXPECT_EQ(longest.gave_way, GaveWay::descriptors);
  EXPECT_FALSE(other.gave_way);
  EXPECT_EQ(registry.gave_way(GaveWay::descriptors), 1U);
}

TEST_F(Seats, no_descriptor_is_freed_by_one_that_only_came) {
  join().at(Phase::header, 500ms);
  join().at(Phase::answering);
  EXPECT_FALSE(registry.free_descriptor());
}

using HeldBytes = ConnectionRegistryTest;

TEST_F(HeldBytes, answers_that_move_least_give_way_to_new_ones) {
  FakeConnection& stuck = join().at(Phase::writing, 300ms);
  FakeConnection& moves = join().at(Phase::writing, 5ms);
  stuck.membership.hold_answer(600);
  moves.membership.hold_answer(300);
  join().at(Phase::writing).membership.hold_answer(500);
  EXPECT_EQ(stuck.gave_way, GaveWay::unread_answers);
  EXPECT_FALSE(moves.gave_way);
  EXPECT_EQ(registry.answer_bytes(), 800U);
}

TEST_F(HeldBytes, one_answer_alone_is_let_through_whatever_its_size) {
  FakeConnection& large = join().at(Phase::writing);
  large.membership.hold_answer(5'000);
  EXPECT_FALSE(large.gave_way);
  large.membership.release_answer();
  EXPECT_EQ(registry.answer_bytes(), 0U);
}

TEST_F(HeldBytes, a_body_counts_with_what_has_come_of_it) {
  FakeConnection& connection = join().at(Phase::body);
  EXPECT_TRUE(connection.membership.hold_body(100));
  EXPECT_TRUE(connection.membership.hold_body(100));
  EXPECT_TRUE(connection.membership.hold_body(400));
  EXPECT_EQ(registry.body_bytes(), 400U);
  connection.membership.release_body();
  EXPECT_EQ(registry.body_bytes(), 0U);
}

TEST_F(HeldBytes, bodies_that_come_at_a_pace_are_not_given_up_for_another) {
  FakeConnection& steady = join().at(Phase::body, 500ms);
  EXPECT_TRUE(steady.membership.hold_body(900));
  EXPECT_FALSE(join().at(Phase::body).membership.hold_body(200));
  EXPECT_FALSE(steady.gave_way);
}

TEST_F(HeldBytes, a_body_that_does_not_come_on_gives_way) {
  FakeConnection& stuck = join().at(Phase::body, 2s);
  FakeConnection& complete = join().at(Phase::answering);
  EXPECT_TRUE(stuck.membership.hold_body(500));
  EXPECT_TRUE(complete.membership.hold_body(500));
  FakeConnection& asker = join().at(Phase::body);
  EXPECT_TRUE(asker.membership.hold_body(200));
  EXPECT_EQ(stuck.gave_way, GaveWay::large_bodies);
  EXPECT_FALSE(complete.gave_way);
  EXPECT_EQ(registry.body_bytes(), 700U);
  EXPECT_FALSE(asker.membership.hold_body(600)) << "no other body has stopped";
}

TEST_F(HeldBytes, the_start_of_each_body_is_free) {
  Limits limits = small_limits();
  limits.body_bytes_free = 100;
  limits.bodies_bytes_max = 10;
  ConnectionRegistry other(loop.get_executor(), limits);
  FakeConnection connection(other, Seat::ordinary);
  EXPECT_TRUE(connection.membership.hold_body(110));
  EXPECT_FALSE(connection.membership.hold_body(111));
}

TEST_F(HeldBytes, are_given_back_by_a_session_that_ends) {
  FakeConnection& connection = join().at(Phase::body);
  EXPECT_TRUE(connection.membership.hold_body(500));
  connection.membership.hold_answer(500);
  connections.clear();
  EXPECT_EQ(registry.body_bytes(), 0U);
  EXPECT_EQ(registry.answer_bytes(), 0U);
}

TEST_F(ConnectionRegistryTest, tells_all_of_a_drain_and_of_the_end) {
  for (int i = 0; i < 3; ++i) join();
  registry.drain();
  registry.close_all();
  EXPECT_TRUE(registry.draining());
  for (const auto& connection : connections) EXPECT_TRUE(connection->drained && connection->closed);
}

TEST_F(ConnectionRegistryTest, sweeps_as_long_as_there_is_a_connection) {
  FakeConnection& connection = join();
  loop.run_for(600ms);
  EXPECT_GE(connection.swept, 2);
}

}  // namespace
}  // namespace forkjail::http
