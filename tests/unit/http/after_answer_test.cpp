#include "http/after_answer.h"

#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

AfterAnswer counting(int& runs) {
  return AfterAnswer([&runs] { ++runs; });
}

TEST(AfterAnswer, RunsOnceWhenItIsCalled) {
  int runs = 0;
  {
    AfterAnswer work = counting(runs);
    EXPECT_EQ(runs, 0);
    work.run();
    work.run();
    EXPECT_EQ(runs, 1);
  }
  EXPECT_EQ(runs, 1);
}

TEST(AfterAnswer, RunsAtTheLatestWhenItGoes) {
  int runs = 0;
  {
    const AfterAnswer work = counting(runs);
  }
  EXPECT_EQ(runs, 1);
}

TEST(AfterAnswer, MovesWithItsAnswer) {
  int first = 0;
  int second = 0;
  {
    AfterAnswer kept = counting(first);
    kept = counting(second);
    EXPECT_EQ(first, 1);  // what it replaced is not lost
    const AfterAnswer moved = std::move(kept);
    kept.run();  // NOLINT(bugprone-use-after-move): nothing is left in it
    EXPECT_EQ(second, 0);
  }
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

}  // namespace
}  // namespace forkjail::http
