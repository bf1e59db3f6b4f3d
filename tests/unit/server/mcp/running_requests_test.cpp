#include "server/mcp/running_requests.h"

#include <gtest/gtest.h>

namespace forkjail::server::mcp {
namespace {

TEST(RunningRequests, CancelsTheOneThatIsNamed) {
  RunningRequests running;
  Interruption first;
  Interruption second;
  const auto other = running.add({nullptr, "2"}, second);
  {
    const auto gone = running.add({nullptr, "1"}, first);
    EXPECT_EQ(running.size(), 2U);
    EXPECT_FALSE(running.cancel({nullptr, "3"}));
    EXPECT_FALSE(running.cancel({nullptr, "\"1\""}));
    EXPECT_TRUE(running.cancel({nullptr, "1"}));
  }
  EXPECT_EQ(first.raised(), InterruptReason::request);
  EXPECT_FALSE(second.raised());
  EXPECT_FALSE(running.cancel({nullptr, "1"}));
}

TEST(RunningRequests, EndsNoneOfTwoThatHaveTheSameName) {
  RunningRequests running;
  Interruption first;
  Interruption second;
  const auto one = running.add({nullptr, "1"}, first);
  const auto two = running.add({nullptr, "1"}, second);
  EXPECT_FALSE(running.cancel({nullptr, "1"}));
  EXPECT_FALSE(first.raised() || second.raised());
}

}  // namespace
}  // namespace forkjail::server::mcp
