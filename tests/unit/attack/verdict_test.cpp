#include "attack/verdict.h"

#include <gtest/gtest.h>

namespace forkjail::attack {
namespace {

Tally of(std::initializer_list<Verdict> verdicts) {
  Tally tally;
  for (const Verdict verdict : verdicts) tally.count(verdict);
  return tally;
}

TEST(Tally, CountsEachVerdictByItsName) {
  const auto tally = of({Verdict::held, Verdict::late, Verdict::held, Verdict::failed});
  EXPECT_EQ(tally.to_string(), "2 held, 0 weaker by design, 1 late, 1 FAILED");
}

TEST(Tally, StatusIsThatOfTheWorst) {
  EXPECT_EQ(of({}).exit_status(), Tally::kNotRun);
  EXPECT_EQ(of({Verdict::held, Verdict::weaker}).exit_status(), Tally::kAllHeld);
  EXPECT_EQ(of({Verdict::held, Verdict::late}).exit_status(), Tally::kOnlyLate);
  EXPECT_EQ(of({Verdict::late, Verdict::failed}).exit_status(), Tally::kLayerFailed);
}

}  // namespace
}  // namespace forkjail::attack
