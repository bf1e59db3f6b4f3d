#include "attack/calibration.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace forkjail::attack {
namespace {

Observed run(double seconds, std::string_view cpu_ms) {
  return {200, boost::json::parse("{\"usage\":{\"cpu_ms\":" + std::string(cpu_ms) + "}}"),
          std::chrono::duration<double>(seconds)};
}

TEST(Slowness, IsOneOnAQuietMachine) {
  const auto slowness = slowness_of(std::vector{run(0.01, "2")}, std::vector{run(0.2, "190.5")});
  EXPECT_EQ(slowness.wall, 1);
  EXPECT_EQ(slowness.cpu, 1);
}

TEST(Slowness, FollowsTheSlowestRun) {
  const auto slowness = slowness_of(std::vector{run(0.01, "2"), run(0.02, "2")},
                                    std::vector{run(0.3, "200"), run(1.5, "200")});
  EXPECT_DOUBLE_EQ(slowness.wall, 3);
  EXPECT_EQ(slowness.cpu, 1);  // waiting for the processor costs none of it
}

TEST(Slowness, OfAnEmulatedProcessorIsThatOfItsCpuTime) {
  const auto slowness = slowness_of(std::vector{run(0.5, "80")}, std::vector{run(2.1, "2000")});
  EXPECT_DOUBLE_EQ(slowness.wall, 5);
  EXPECT_DOUBLE_EQ(slowness.cpu, 5);
}

TEST(Slowness, TakesAnAnswerWithoutUsageForAQuickOne) {
  EXPECT_EQ(slowness_of({}, std::vector{Observed{200, {}, {}}}).wall, 1);
}

}  // namespace
}  // namespace forkjail::attack
