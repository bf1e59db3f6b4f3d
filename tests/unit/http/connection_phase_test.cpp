#include "http/connection_phase.h"

#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

using namespace std::chrono_literals;

constexpr Clock::time_point kStart{1'000s};

TEST(ConnectionPhase, is_overdue_from_its_deadline_on) {
  ConnectionPhase phase;
  phase.enter(Phase::header, kStart, 10s);
  EXPECT_FALSE(phase.overdue(kStart + 9'999ms, 1s));
  EXPECT_TRUE(phase.overdue(kStart + 10s, 1s));
}

TEST(ConnectionPhase, a_transfer_that_falls_below_its_pace_is_overdue_before_its_deadline) {
  for (const Phase transfer : {Phase::body, Phase::writing}) {
    ConnectionPhase phase;
    phase.enter(transfer, kStart, 60s);
    EXPECT_FALSE(phase.overdue(kStart + 9s, 10s));
    EXPECT_TRUE(phase.overdue(kStart + 10s, 10s));
  }
}

TEST(ConnectionPhase, a_transfer_waits_since_it_last_moved_by_the_whole_pace) {
  ConnectionPhase phase;
  phase.enter(Phase::body, kStart, 60s);
  phase.advance(999, 1'000, kStart + 1s);
  EXPECT_EQ(phase.since(), kStart) << "a byte now and then buys no time";
  phase.advance(1, 1'000, kStart + 2s);
  EXPECT_EQ(phase.since(), kStart + 2s);
  EXPECT_FALSE(phase.overdue(kStart + 11s, 10s));
  phase.advance(999, 1'000, kStart + 11s);
  EXPECT_TRUE(phase.overdue(kStart + 12s, 10s)) << "each time has to be earned anew";
}

TEST(ConnectionPhase, pace_never_moves_the_deadline) {
  ConnectionPhase phase;
  phase.enter(Phase::writing, kStart, 30s);
  phase.advance(1 << 20, 1'000, kStart + 29s);
  EXPECT_TRUE(phase.overdue(kStart + 30s, 10s));
}

TEST(ConnectionPhase, a_request_that_is_answered_waits_for_no_client_and_has_no_deadline) {
  ConnectionPhase phase;
  phase.enter(Phase::body, kStart, 1s);
  phase.enter_answering();
  EXPECT_FALSE(phase.waits());
  EXPECT_FALSE(phase.overdue(kStart + 24h, 1s));
}

TEST(ConnectionPhase, a_deadline_can_only_be_brought_nearer) {
  ConnectionPhase phase;
  phase.enter(Phase::lingering, kStart, 5s);
  phase.shorten(kStart + 9s);
  EXPECT_TRUE(phase.overdue(kStart + 5s, 1s));
  phase.shorten(kStart + 1s);
  EXPECT_TRUE(phase.overdue(kStart + 1s, 1s));
}

TEST(ConnectionPhase, a_stream_has_a_deadline_only_while_something_waits_for_its_client) {
  const auto start = Clock::now();
  ConnectionPhase phase;
  phase.enter_streaming();
  EXPECT_TRUE(phase.is_answered());
  EXPECT_FALSE(phase.waits());
  phase.advance_stream(5, false, start, 10s);
  EXPECT_EQ(phase.deadline(), Clock::time_point::max());
  phase.advance_stream(5, true, start, 10s);
  EXPECT_EQ(phase.deadline(), start + 10s);
  phase.advance_stream(0, true, start + 5s, 10s);
  EXPECT_EQ(phase.deadline(), start + 10s) << "nothing was taken";
  phase.advance_stream(1, true, start + 9s, 10s);
  EXPECT_EQ(phase.deadline(), start + 19s) << "a byte is enough";
  phase.advance_stream(1, false, start + 18s, 10s);
  EXPECT_EQ(phase.deadline(), Clock::time_point::max());
}

}  // namespace
}  // namespace forkjail::http
