#include "base/idle_cpu.h"

#include <gtest/gtest.h>

namespace forkjail {
namespace {

using namespace std::chrono_literals;

class IdleCpuTest : public ::testing::Test {
 protected:
  IdleCpu idle;
  IdleCpu::TimePoint now{1h};
  CpuCredit::Time used{0};

  // Looks as often as it asks for, while so much of each second is used. How long that is allowed.
  std::chrono::milliseconds allowed(std::chrono::milliseconds per_second,
                                    std::chrono::milliseconds at_most) {
    const auto begun = now;
    while (now - begun < at_most) {
      const auto pause = idle.next_look() - now;
      now += pause;
      used += std::chrono::duration_cast<CpuCredit::Time>(pause) * per_second.count() / 1'000;
      if (!idle.look(now, used)) break;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - begun);
  }
};

TEST_F(IdleCpuTest, AsksForNoLookWhileItDoesNotGoOn) {
  EXPECT_FALSE(idle.goes_on());
  idle.begin(now, used);
  EXPECT_TRUE(idle.goes_on());
  idle.end();
  EXPECT_FALSE(idle.goes_on());
}

TEST_F(IdleCpuTest, DoesNotCountWhatWasUsedBefore) {
  idle.begin(now, 1h);
  EXPECT_TRUE(idle.look(now + 1s, 1h));
}

TEST_F(IdleCpuTest, AllowsThreadsThatWakeNowAndThen) {
  idle.begin(now, used);
  EXPECT_GE(allowed(9ms, 1h), 1h);
}

TEST_F(IdleCpuTest, SoonSeesThatTwoProcessorsAreComputedOn) {
  idle.begin(now, used);
  EXPECT_LE(allowed(2s, 1h), 200ms);
}

TEST_F(IdleCpuTest, SeesASecondAfterAQuietHour) {
  idle.begin(now, used);
  ASSERT_GE(allowed(0ms, 1h), 1h);
  EXPECT_LE(allowed(2s, 1h), 1s);
}

TEST_F(IdleCpuTest, CountsOverTheRunsBetween) {
  int runs = 0;
  for (bool is_allowed = true; is_allowed; ++runs) {
    idle.begin(now, used);
    now += 40ms;
    used += 40ms;
    is_allowed = idle.look(now, used);
    idle.end();
    ASSERT_LT(runs, 10);
  }
  EXPECT_GE(runs, 5);
}

TEST_F(IdleCpuTest, AllowsNextToNothingUntilADebtIsGainedBack) {
  idle.begin(now, used);
  ASSERT_LT(allowed(2s, 1h), 1h);
  idle.begin(now, used);  // of the process that comes next
  EXPECT_EQ(allowed(2s, 1h), IdleCpu::kPauseMin);
  now += 1h;
  idle.begin(now, used);
  EXPECT_GT(allowed(1s, 1h), IdleCpu::kPauseMin);
}

TEST_F(IdleCpuTest, TakesAProcessThatWaitsForWhatItIsEvenInDebt) {
  idle.begin(now, used);
  ASSERT_LT(allowed(2s, 1h), 1h);
  idle.begin(now, used);
  EXPECT_GE(allowed(0ms, 10s), 10s);
}

}  // namespace
}  // namespace forkjail
