#include "server/callers/token_bucket.h"

#include <gtest/gtest.h>

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;

TEST(TokenBucket, LetsABurstThroughAndThenSoManyASecond) {
  struct Row {
    std::chrono::milliseconds at;
    double wait_s;
  };
  const Rate rate{.per_s = 2, .burst = 3};
  TokenBucket bucket;
  const auto start = Clock::now();
  for (const auto& [at, wait_s] :
       {Row{0ms, 0}, Row{0ms, 0}, Row{0ms, 0}, Row{0ms, 0.5}, Row{250ms, 0.25}, Row{500ms, 0},
        Row{500ms, 0.5}, Row{10'500ms, 0}, Row{10'500ms, 0}, Row{10'500ms, 0},
        Row{10'500ms, 0.5}}) {
    EXPECT_NEAR(bucket.take(rate, start + at).count(), wait_s, 1e-6) << at.count();
  }
}

TEST(TokenBucket, TakesNothingWithoutARate) {
  TokenBucket bucket;
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(bucket.take({}, Clock::now()).count(), 0);
}

TEST(TokenBucket, FollowsARateThatChanges) {
  TokenBucket bucket;
  const auto start = Clock::now();
  EXPECT_EQ(bucket.take({.per_s = 1, .burst = 1}, start).count(), 0);
  EXPECT_GT(bucket.take({.per_s = 1, .burst = 1}, start).count(), 0);
  EXPECT_EQ(bucket.take({.per_s = 100, .burst = 1}, start + 10ms).count(), 0);
}

}  // namespace
}  // namespace forkjail::server
