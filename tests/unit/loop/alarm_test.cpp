#include "loop/alarm.h"

#include <gtest/gtest.h>

#include <optional>

#include "unit/loop/settle.h"

namespace forkjail {
namespace {

using namespace std::chrono_literals;

TEST(Alarm, IsSetOnceAtATime) {
  Loop loop;
  int calls = 0;
  Alarm alarm(loop.get_executor(), [&] { ++calls; });
  for (int i = 0; i < 3; ++i) alarm.set(Clock::now());
  run_until(loop, [&] { return calls > 0; });
  settle(loop);
  EXPECT_EQ(calls, 1);
  alarm.set(Clock::now());
  run_until(loop, [&] { return calls == 2; });
}

TEST(Alarm, CanBeSetByItsAction) {
  Loop loop;
  int calls = 0;
  std::optional<Alarm> alarm;
  alarm.emplace(loop.get_executor(), [&] {
    if (++calls < 3) alarm->set(Clock::now());
  });
  alarm->set(Clock::now());
  run_until(loop, [&] { return calls == 3; });
}

TEST(Alarm, DoesNothingOnceItIsGone) {
  Loop loop;
  int calls = 0;
  std::optional<Alarm> alarm;
  alarm.emplace(loop.get_executor(), [&] { ++calls; });
  alarm->set(Clock::now() + 1h);
  alarm.reset();
  settle(loop);
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace forkjail
