#include "supervisor/cpu_credit.h"

#include <gtest/gtest.h>

namespace forkjail::supervisor {
namespace {

using namespace std::chrono_literals;

TEST(CpuCredit, LastsForABurstOfComputing) {
  CpuCredit credit;
  credit.pass(50ms, 50ms);
  EXPECT_FALSE(credit.is_behind());
  credit.pass(50ms, 50ms);  // it has gained 10 ms meanwhile
  EXPECT_FALSE(credit.is_behind());
  credit.pass(50ms, 50ms);
  EXPECT_TRUE(credit.is_behind());
}

TEST(CpuCredit, IsNotUsedUpByARunThatMostlyWaits) {
  CpuCredit credit;
  for (int i = 0; i < 1'000; ++i) credit.pass(50ms, 5ms);
  EXPECT_FALSE(credit.is_behind());
}

TEST(CpuCredit, StaysUsedUpForARunThatComputesOn) {
  CpuCredit credit;
  for (int i = 0; i < 1'000; ++i) {
    credit.pass(50ms, 20ms);
    EXPECT_EQ(credit.is_behind(), i >= 6);
  }
}

TEST(CpuCredit, ComesBackToARunThatGetsLessThanATenthOfAProcessor) {
  CpuCredit credit;
  credit.pass(1s, 1s);
  ASSERT_TRUE(credit.is_behind());
  credit.pass(400ms, 0ms);
  EXPECT_TRUE(credit.is_behind())
      << "not for every little bit, or it would change places all the time";
  credit.pass(100ms, 0ms);
  EXPECT_FALSE(credit.is_behind());
}

TEST(CpuCredit, IsNotSavedBeyondItsBurst) {
  CpuCredit credit;
  credit.pass(1h, 0ms);
  credit.pass(0ms, CpuCredit::kBurst);
  EXPECT_TRUE(credit.is_behind());
}

}  // namespace
}  // namespace forkjail::supervisor
