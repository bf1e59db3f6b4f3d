#include "supervisor/id_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forkjail::supervisor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<IdRange> kHost{{0, 4'294'967'295}};
const std::vector<IdRange> kFew{{0, 65'536}};

std::string error_of(const Result<IdPlan>& plan) {
  return plan.ok() ? "" : plan.error().to_string();
}

TEST(IdMap, IsReadAsTheNamespaceSeesIt) {
  EXPECT_THAT(parse_id_map("         0          0 4294967295\n"),
              ElementsAre(IdRange{0, 4'294'967'295}));
  EXPECT_THAT(parse_id_map("0 1000 1\n1 100000 65536\n"),
              ElementsAre(IdRange{0, 1}, IdRange{1, 65'536}));
  EXPECT_THAT(parse_id_map(""), ElementsAre());
  EXPECT_THAT(parse_id_map("nonsense"), ElementsAre());
}

TEST(IdMap, CountsWhatIsAUserAndAGroup) {
  EXPECT_THAT(common_ids({{0, 1}, {1, 100}}, {{0, 50}}),
              ElementsAre(IdRange{0, 1}, IdRange{1, 49}));
}

TEST(IdPlan, TakesWhatTheFlagsSayOnAHost) {
  const auto plan = plan_ids({}, kHost);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->server, 64'999U);
  EXPECT_EQ(plan->cells, (IdRange{100'000, 65'536}));
}

TEST(IdPlan, ChoosesARangeInsideANamespaceOf65536) {
  const auto plan = plan_ids({}, kFew);
  ASSERT_TRUE(plan.ok()) << error_of(plan);
  EXPECT_EQ(plan->server, 64'999U);
  EXPECT_EQ(plan->cells.end(), 64'999U);
  EXPECT_GE(plan->cells.first, 1'000U);
  EXPECT_GE(plan->cells.count, kFirstCellUid + 16U);
}

TEST(IdPlan, ChoosesAnotherServerWhereItsIdIsNotThere) {
  const auto plan = plan_ids({}, {{0, 10'000}});
  ASSERT_TRUE(plan.ok()) << error_of(plan);
  EXPECT_EQ(plan->server, 9'999U);
  EXPECT_EQ(plan->cells.end(), 9'999U);
}

TEST(IdPlan, StaysWithinOneLineOfTheMap) {
  const auto plan = plan_ids({}, {{0, 1}, {1, 5'000}, {5'001, 60'000}});
  ASSERT_TRUE(plan.ok()) << error_of(plan);
  EXPECT_GE(plan->cells.first, 5'001U);
}

TEST(IdPlan, TakesNeitherRootNorASystemIdNorNobody) {
  const auto plan = plan_ids({}, kFew);
  ASSERT_TRUE(plan.ok());
  EXPECT_GE(plan->cells.first, 1'000U);
  EXPECT_LE(plan->cells.end(), 65'534U);
  EXPECT_THAT(error_of(plan_ids({}, {{0, 1'000}})), HasSubstr("none is left for the server"));
}

TEST(IdPlan, KeepsTheCellsApartFromTheServer) {
  const auto plan = plan_ids({.cells_first = 1'000, .cells_given = true}, kFew);
  ASSERT_TRUE(plan.ok()) << error_of(plan);
  EXPECT_EQ(plan->cells, (IdRange{1'000, 63'999}));
  EXPECT_FALSE(plan_ids({.cells_first = 64'999, .cells_given = true}, kHost).ok());
  EXPECT_FALSE(plan_ids({.cells_first = 64'900, .cells_given = true}, kHost).ok());
}

TEST(IdPlan, RefusesWhatWasNamedAndIsNotThere) {
  EXPECT_THAT(error_of(plan_ids({.cells_given = true}, kFew)),
              testing::AllOf(HasSubstr("--cell-uid-first 100000"), HasSubstr("has 0 to 6")));
  EXPECT_THAT(error_of(plan_ids({.server = 70'000, .server_given = true}, kFew)),
              HasSubstr("--server-uid 70000"));
}

TEST(IdPlan, ReportsThatThereAreTooFew) {
  EXPECT_THAT(error_of(plan_ids({}, {{0, 2'000}})), HasSubstr("too few ids: the cells need 1080"));
  EXPECT_THAT(error_of(plan_ids({}, {{0, 1}})), HasSubstr("none is left"));
  EXPECT_THAT(error_of(plan_ids({.cells_max = 4'096}, {{0, 6'000}})), HasSubstr("too few"));
}

}  // namespace
}  // namespace forkjail::supervisor
