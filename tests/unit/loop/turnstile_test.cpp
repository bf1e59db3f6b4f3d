#include "loop/turnstile.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <vector>

#include "unit/loop/settle.h"

namespace forkjail {
namespace {

class TurnstileTest : public testing::Test {
 protected:
  ~TurnstileTest() override { loop.destroy_pending(); }
  // Enters, notes its number, and leaves when told, or at once.
  void come(int number, bool stay = false) {
    asio::co_spawn(
        loop,
        [this, number, stay, &interruption = interruptions.emplace_back()]() -> Task<void> {
          const auto pass = co_await turnstile.enter(interruption);
          if (!pass) co_return;
          inside.push_back(number);
          if (!stay) co_return;
          Timer forever(loop.get_executor(), Clock::time_point::max());
          leave = [&forever] { forever.cancel(); };
          co_await forever.async_wait(use_task);
        },
        asio::detached);
  }

  void rest(Turnstile& where) {
    asio::co_spawn(
        loop,
        [this, &where]() -> Task<void> {
          co_await where.rest();
          inside.push_back(1);
        },
        asio::detached);
  }

  Loop loop;
  Turnstile turnstile{loop.get_executor()};
  std::deque<Interruption> interruptions;
  std::vector<int> inside;
  std::function<void()> leave;
};

TEST_F(TurnstileTest, LetsOneInAtATimeInOrder) {
  come(1, true);
  come(2);
  come(3);
  settle(loop);
  EXPECT_EQ(inside, std::vector{1});
  EXPECT_EQ(turnstile.waiting(), 2U);
  leave();
  settle(loop);
  EXPECT_EQ(inside, (std::vector{1, 2, 3}));
}

TEST_F(TurnstileTest, LetsEverythingElseHaveATurnBetweenTwo) {
  come(1);
  come(2);
  for (int i = 0; i < 2; ++i) loop.run_one();  // both come; the first has been and gone
  asio::post(loop, [this] { inside.push_back(0); });
  settle(loop);
  EXPECT_EQ(inside, (std::vector{1, 0, 2}));
}

TEST_F(TurnstileTest, ForgetsWhoWasInterrupted) {
  come(1, true);
  come(2);
  come(3);
  settle(loop);
  interruptions[1].raise(InterruptReason::client_gone);
  settle(loop);
  EXPECT_EQ(turnstile.waiting(), 1U);
  leave();
  settle(loop);
  EXPECT_EQ(inside, (std::vector{1, 3}));
}

TEST_F(TurnstileTest, RestsForOneTurnOfALoopThatNobodyElseUses) {
  rest(turnstile);
  loop.poll();
  EXPECT_EQ(inside, std::vector{1});
}

TEST_F(TurnstileTest, SleepsInARestWhileOthersUseTheService) {
  Turnstile shared(loop.get_executor(), [] { return true; });
  const auto began = Clock::now();
  rest(shared);
  loop.run();
  EXPECT_EQ(inside, std::vector{1});
  EXPECT_GE(Clock::now() - began, Turnstile::kSleep);
}

TEST_F(TurnstileTest, IsOpenAgainWhenAllHaveLeft) {
  come(1);
  settle(loop);
  come(2);
  settle(loop);
  EXPECT_EQ(inside, (std::vector{1, 2}));
}

}  // namespace
}  // namespace forkjail
