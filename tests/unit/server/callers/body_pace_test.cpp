#include "server/callers/body_pace.h"

#include <gtest/gtest.h>

#include "server/callers/caller.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;

class BodyPaceTest : public testing::Test {
 protected:
  static constexpr std::size_t kMegabyte = 1'000'000;

  // How long `caller` was held while so much of its bodies came, a megabyte at a time.
  Clock::duration send(Caller& caller, std::size_t megabytes) {
    Clock::duration held{};
    for (std::size_t i = 0; i < megabytes; ++i) {
      const auto pause = pace.pause(caller, kMegabyte, now);
      held += pause;
      now += pause;
    }
    return held;
  }

  BodyPace pace{2};
  Caller sender, other;
  Clock::time_point now = Clock::now();
};

TEST_F(BodyPaceTest, HoldsNobodyWhoIsAlone) {
  pace.note(sender, now);
  EXPECT_EQ(send(sender, 1'000), 0s);
}

TEST_F(BodyPaceTest, HoldsACallerToItsRateWhileAnotherIsThere) {
  pace.note(other, now);
  pace.note(sender, now);
  const auto held = send(sender, 16 + 32);
  EXPECT_GT(held, 990ms);
  EXPECT_LT(held, 1010ms);
}

TEST_F(BodyPaceTest, HoldsItWhicheverOfThemSentTheLatestRequest) {
  pace.note(sender, now);
  pace.note(other, now);
  EXPECT_GT(send(sender, 32), 0s);
}

TEST_F(BodyPaceTest, LeavesWhatFitsTheBurst) {
  pace.note(other, now);
  pace.note(sender, now);
  EXPECT_EQ(send(sender, 16), 0s);
  now += 500ms;
  pace.note(other, now);
  EXPECT_EQ(send(sender, 16), 0s) << "the burst is there again";
}

TEST_F(BodyPaceTest, GoesOnAtFullSpeedOnceTheOtherIsGone) {
  pace.note(other, now);
  pace.note(sender, now);
  send(sender, 32);
  now += BodyPace::kThere + 1ms;
  EXPECT_EQ(send(sender, 1'000), 0s);
}

TEST_F(BodyPaceTest, HoldsNobodyOfWhomItKnowsNoRate) {
  struct Stranger final : http::Caller {
    [[nodiscard]] std::string_view name() const override { return "stranger"; }
  } stranger;
  pace.note(other, now);
  pace.note(stranger, now);
  EXPECT_EQ(pace.pause(stranger, 1'000 * kMegabyte, now), 0s);
  EXPECT_GT(send(other, 32), 0s) << "but it is another who is there";
}

TEST_F(BodyPaceTest, IsSharedWhileTwoCallersAreThere) {
  EXPECT_FALSE(pace.is_shared(now));
  pace.note(sender, now);
  EXPECT_FALSE(pace.is_shared(now));
  pace.note(other, now);
  EXPECT_TRUE(pace.is_shared(now));
  now += BodyPace::kThere + 1ms;
  EXPECT_FALSE(pace.is_shared(now));
  pace.note(sender, now);
  EXPECT_FALSE(pace.is_shared(now));
}

TEST_F(BodyPaceTest, HoldsEachCallerForItself) {
  pace.note(other, now);
  pace.note(sender, now);
  send(sender, 32);
  EXPECT_EQ(send(other, 16), 0s);
}

}  // namespace
}  // namespace forkjail::server
