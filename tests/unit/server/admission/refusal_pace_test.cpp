#include "server/admission/refusal_pace.h"

#include <gtest/gtest.h>

#include <deque>

#include "unit/server/fake_cells.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;

const Clock::time_point kStart{1h};
constexpr RefusalTerms kTerms;
constexpr Clock::duration kApart = Clock::duration(1s) / kTerms.per_second;

TEST(RefusalRate, DelaysNoRequestBelowTheRate) {
  RefusalRate rate{kTerms};
  for (int i = 0; i < 10'000; ++i) {
    const auto now = kStart + i * kApart;
    ASSERT_EQ(rate.next(now), now) << i;
  }
}

TEST(RefusalRate, LetsABurstThroughAndSpreadsTheRest) {
  RefusalRate rate{kTerms};
  for (int i = 0; i < kTerms.burst; ++i) ASSERT_EQ(rate.next(kStart), kStart) << i;
  for (int i = 1; i < 1'000; ++i) {
    const auto due = kStart + i * kApart;
    const auto answered = rate.next(kStart);
    ASSERT_GE(answered, due) << i;
    ASSERT_LT(answered, due + RefusalRate::kBatch) << i;
    ASSERT_EQ(answered.time_since_epoch() % RefusalRate::kBatch, 0ns) << i;
  }
}

TEST(RefusalRate, DelaysNoRequestLongerThanTheMost) {
  RefusalRate rate{kTerms};
  for (int i = 0; i < 10'000; ++i) ASSERT_LE(rate.next(kStart), kStart + kTerms.hold_max);
  const auto later = kStart + 10s;
  EXPECT_EQ(rate.next(later), later);
}

TEST(RefusalPace, StopsHoldingForAClientThatLeft) {
  Loop loop;
  RefusalPace pace(loop.get_executor());
  std::deque<Interruption> interruptions(kTerms.burst + 500);
  std::size_t answered = 0;
  for (Interruption& interruption : interruptions) {
    asio::co_spawn(
        loop,
        [&]() -> Task<void> {
          co_await pace.await_turn(interruption);
          ++answered;
        },
        asio::detached);
  }
  settle(loop);
  EXPECT_LT(answered, interruptions.size());
  for (Interruption& interruption : interruptions) interruption.raise(InterruptReason::client_gone);
  settle(loop);
  EXPECT_EQ(answered, interruptions.size());
}

}  // namespace
}  // namespace forkjail::server
