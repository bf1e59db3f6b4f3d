#include "server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forkjail::server {
namespace {

constexpr std::uint32_t kCells = 22;
constexpr std::size_t kConnections = 1'024;

TEST(Config, TakesAllConnectionsWhereDescriptorsAreMany) {
  EXPECT_EQ(*connections_within(1'048'576, kCells, kConnections), kConnections);
}

TEST(Config, SetsAsideWhatCellsAndTheServiceNeed) {
  const auto few = connections_within(1'024, kCells, kConnections);
  ASSERT_TRUE(few);
  EXPECT_LT(*few + (std::size_t{4} * kCells), 1'000U);
  EXPECT_GT(*few, 700U);
  EXPECT_EQ(*connections_within(1'025, kCells, kConnections), *few + 1);
  EXPECT_LT(*connections_within(1'024, 2 * kCells, kConnections), *few);
}

TEST(Config, ReportsHowManyDescriptorsAreNeededAtLeast) {
  const auto none = connections_within(200, kCells, kConnections);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().to_string(), testing::HasSubstr("22 cells need 256"));
  EXPECT_TRUE(connections_within(256, kCells, kConnections));
  EXPECT_FALSE(connections_within(255, kCells, kConnections));
}

TEST(Config, KeepsBackAnEighthOfFewConnections) {
  http::Limits limits;
  const http::Limits defaults;
  divide_connections(defaults.connections_max + defaults.kept_back_max, limits);
  EXPECT_EQ(limits.connections_max, defaults.connections_max);
  EXPECT_EQ(limits.kept_back_max, defaults.kept_back_max);
  divide_connections(80, limits);
  EXPECT_EQ(limits.connections_max, 70U);
  EXPECT_EQ(limits.kept_back_max, 10U);
  EXPECT_EQ(limits.kept_back_busy_max, 5U);
}

TEST(Config, HoldsWhatTheDefaultsSayOnALargeMachine) {
  const http::Limits limits = http_limits_for(64ULL << 30U);
  EXPECT_EQ(limits.bodies_bytes_max, http::Limits{}.bodies_bytes_max);
  EXPECT_EQ(limits.answers_bytes_max, http::Limits{}.answers_bytes_max);
}

TEST(Config, HoldsAnEighthOfASmallMachineInBodiesAndASixteenthInAnswers) {
  const http::Limits limits = http_limits_for(1ULL << 30U);
  EXPECT_EQ(limits.bodies_bytes_max, 128 * kMiB);
  EXPECT_EQ(limits.answers_bytes_max, 64 * kMiB);
}

TEST(Config, HoldsSomeOfTheLargestOnTheSmallest) {
  const http::Limits limits = http_limits_for(128 * kMiB);
  EXPECT_GE(limits.bodies_bytes_max, 3 * kBodyBytesMax);
  EXPECT_GE(limits.answers_bytes_max, 3 * kValueBytesMax);
}

}  // namespace
}  // namespace forkjail::server
