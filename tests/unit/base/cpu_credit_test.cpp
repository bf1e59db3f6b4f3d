#include "base/cpu_credit.h"

#include <gtest/gtest.h>

namespace forkjail {
namespace {

using namespace std::chrono_literals;

constexpr CpuCredit::Terms kTerms{.burst = 100ms, .gain_divisor = 10};

TEST(CpuCredit, LastsForABurst) {
  CpuCredit credit(kTerms);
  credit.pass(50ms, 50ms);
  credit.pass(50ms, 50ms);  // it has gained 10 ms meanwhile
  EXPECT_FALSE(credit.is_used_up());
  credit.pass(50ms, 50ms);
  EXPECT_TRUE(credit.is_used_up());
}

TEST(CpuCredit, IsNotUsedUpByLessThanIsGained) {
  CpuCredit credit(kTerms);
  for (int i = 0; i < 1'000; ++i) credit.pass(50ms, 5ms);
  EXPECT_FALSE(credit.is_used_up());
}

TEST(CpuCredit, IsNotSavedBeyondItsBurst) {
  CpuCredit credit(kTerms);
  credit.pass(1h, 0ms);
  EXPECT_EQ(credit.left(), kTerms.burst);
}

TEST(CpuCredit, ForgetsWhatWasUsedBeyondIt) {
  CpuCredit credit(kTerms);
  credit.pass(0ms, 1h);
  credit.pass(10ms, 0ms);
  EXPECT_EQ(credit.left(), 1ms);
}

TEST(CpuCredit, HasADebtToBeGainedBackWhereTheTermsSaySo) {
  CpuCredit credit({.burst = 100ms, .gain_divisor = 10, .debt_max = 1s});
  credit.pass(0ms, 1h);
  EXPECT_EQ(credit.left(), -1s);
  credit.pass(10s, 0ms);
  EXPECT_TRUE(credit.is_used_up());
  credit.pass(1s, 0ms);
  EXPECT_FALSE(credit.is_used_up());
}

}  // namespace
}  // namespace forkjail
