#include "load/arrivals.h"

#include <gtest/gtest.h>

#include <cmath>

namespace forkjail::load {
namespace {

TEST(Arrivals, constant_ones_are_evenly_spaced) {
  const Clock::time_point start{};
  Arrivals arrivals(ArrivalKind::kConstant, 100, start, 1);
  EXPECT_EQ(arrivals.next(), start);
  for (int i = 0; i < 1000; ++i) arrivals.advance();
  EXPECT_EQ(arrivals.next() - start, std::chrono::seconds(10));
}

TEST(Arrivals, poisson_ones_have_the_rate_and_the_spread_of_a_poisson_process) {
  const Clock::time_point start{};
  Arrivals arrivals(ArrivalKind::kPoisson, 1000, start, 1);
  constexpr int kCount = 50'000;
  double sum = 0;
  double squares = 0;
  Clock::time_point last = start;
  for (int i = 0; i < kCount; ++i) {
    const double gap = std::chrono::duration<double>(arrivals.next() - last).count();
    last = arrivals.next();
    arrivals.advance();
    sum += gap;
    squares += gap * gap;
  }
  const double mean = sum / kCount;
  EXPECT_NEAR(mean, 0.001, 0.00003);
  EXPECT_NEAR(std::sqrt(squares / kCount - mean * mean), mean, mean * 0.05);
}

TEST(Arrivals, the_seed_decides) {
  Arrivals first(ArrivalKind::kPoisson, 10, {}, 1);
  Arrivals same(ArrivalKind::kPoisson, 10, {}, 1);
  Arrivals other(ArrivalKind::kPoisson, 10, {}, 2);
  EXPECT_EQ(first.next(), same.next());
  EXPECT_NE(first.next(), other.next());
}

}  // namespace
}  // namespace forkjail::load
