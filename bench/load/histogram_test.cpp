#include "load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace forkjail::load {
namespace {

using std::chrono::nanoseconds;

TEST(Histogram, is_zero_when_empty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.percentile(50).count(), 0);
  EXPECT_EQ(histogram.mean().count(), 0);
}

TEST(Histogram, keeps_small_values_exactly) {
  Histogram histogram;
  for (int value = 1; value <= 100; ++value) histogram.record(nanoseconds(value));
  EXPECT_EQ(histogram.percentile(50).count(), 50);
  EXPECT_EQ(histogram.percentile(99).count(), 99);
  EXPECT_EQ(histogram.percentile(100).count(), 100);
  EXPECT_EQ(histogram.percentile(0).count(), 1);
}

TEST(Histogram, is_within_one_percent_of_sorted_values) {
  Histogram histogram;
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> shape(14, 2);
  std::vector<std::int64_t> values(20'000);
  for (auto& value : values) {
    value = static_cast<std::int64_t>(shape(random));
    histogram.record(nanoseconds(value));
  }
  std::sort(values.begin(), values.end());
  for (const double percent : {1.0, 25.0, 50.0, 90.0, 99.0, 99.9}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * 20'000)) - 1;
    const auto exact = static_cast<double>(values[rank]);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(percent).count()), exact, exact * 0.01);
  }
  EXPECT_EQ(histogram.max().count(), values.back());
}

TEST(Histogram, clamps_what_it_cannot_hold) {
  Histogram histogram;
  histogram.record(nanoseconds(-5));
  histogram.record(std::chrono::hours(24));
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_EQ(histogram.percentile(50).count(), 0);
  EXPECT_EQ(histogram.percentile(100), histogram.max());
}

}  // namespace
}  // namespace forkjail::load
