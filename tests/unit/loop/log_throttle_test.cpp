#include "loop/log_throttle.h"

#include <gtest/gtest.h>

namespace forkjail {
namespace {

using namespace std::chrono_literals;

TEST(LogThrottle, lets_one_line_a_second_through_and_counts_the_others) {
  LogThrottle throttle;
  const Clock::time_point start{};
  EXPECT_EQ(throttle.next(start), 0U);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(throttle.next(start + 999ms));
  EXPECT_EQ(throttle.next(start + 1s), 20U);
  EXPECT_FALSE(throttle.next(start + 1'500ms));
  EXPECT_EQ(throttle.next(start + 1min), 1U);
  EXPECT_EQ(throttle.next(start + 2min), 0U);
}

}  // namespace
}  // namespace forkjail
