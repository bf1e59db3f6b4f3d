#include "attack/case_request.h"

#include <gtest/gtest.h>

namespace forkjail::attack {
namespace {

namespace json = boost::json;

CaseFile case_file() {
  CaseFile file;
  file.limits = {{"wall_time_s", 4}};
  file.request = {{"stdin", "x"}};
  file.script = "attack";
  file.next_script = "after";
  file.peer_script = "beside";
  return file;
}

TEST(CaseRequest, LimitsOfTheCaseComeBeforeThoseOfEveryCase) {
  EXPECT_EQ(request_of(case_file(), Part::attack),
            (json::object{{"script", "attack"},
                          {"limits", {{"wall_time_s", 4}, {"cpu_time_s", 5}}},
                          {"verbose", true},
                          {"stdin", "x"}}));
}

TEST(CaseRequest, CompanionHasTheLimitsButNotTheOtherMembers) {
  for (const auto& [part, script] : {std::pair(Part::next, "after"), {Part::peer, "beside"}}) {
    EXPECT_EQ(request_of(case_file(), part),
              (json::object{{"script", script},
                            {"limits", {{"wall_time_s", 4}, {"cpu_time_s", 5}}},
                            {"verbose", true}}));
  }
}

TEST(CaseRequest, LimitsAreLongerOnASlowPlaceAsFarAsTheServiceAllows) {
  json::object request = request_of(case_file(), Part::attack);
  lengthen_limits(request, {.wall = 1, .cpu = 1}, {{"wall_time_s", 3}});
  EXPECT_EQ(request.at("limits").at("wall_time_s").as_int64(), 4) << "as it is on a quiet one";
  lengthen_limits(request, {.wall = 1.5, .cpu = 3}, {{"wall_time_s", 30}, {"cpu_time_s", 10}});
  EXPECT_EQ(request.at("limits").at("wall_time_s").as_double(), 6);
  EXPECT_EQ(request.at("limits").at("cpu_time_s").as_double(), 10);
}

}  // namespace
}  // namespace forkjail::attack
