#include "attack/expectation.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace forkjail::attack {
namespace {

Observed observed(unsigned status, std::string_view body, double seconds = 0.1) {
  return {status, boost::json::parse(body), std::chrono::duration<double>(seconds)};
}

Observed held() { return observed(200, R"({"result":{"held":true,"saw":"EPERM"},"stdout":"o"})"); }
Observed killed() {
  return observed(422, R"({"error":"memory limit","stdout":"","details":{"kind":"memory"},
                           "usage":{"memory_peak_mb":12.5}})",
                  3);
}

TEST(Expectation, HeldIsWhatMainReturned) {
  EXPECT_TRUE(as_expected("held", held()));
  EXPECT_FALSE(as_expected("weaker", held()));
  EXPECT_FALSE(as_expected("held", observed(200, R"({"result":{"held":false},"stdout":""})")));
  EXPECT_FALSE(as_expected("held", observed(200, R"({"result":{"held":1},"stdout":""})")));
  EXPECT_FALSE(as_expected("held", observed(200, R"({"result":true,"stdout":""})")));
  EXPECT_FALSE(as_expected("held", killed()));
}

TEST(Expectation, AllConditionsOfOneAlternativeMustHold) {
  EXPECT_TRUE(as_expected("held | kind=memory", killed()));
  EXPECT_TRUE(as_expected("status=422 kind=memory within=5 error~limit peak_mb=12", killed()));
  EXPECT_FALSE(as_expected("kind=memory within=2", killed()));
  EXPECT_FALSE(as_expected("kind=memory peak_mb=13 | kind=cpu_time", killed()));
  EXPECT_FALSE(as_expected("kind=memory status=200", killed()));
}

TEST(Expectation, OnlyATimeBoundThatIsMissedIsLate) {
  EXPECT_EQ(assess("kind=memory within=2", killed()).match, Match::late);
  EXPECT_EQ(assess("kind=cpu_time within=2 | kind=memory within=2", killed()).match, Match::late);
  EXPECT_EQ(assess("kind=cpu_time within=2", killed()).match, Match::unmet);
  EXPECT_EQ(assess("kind=memory within=2 | status=422", killed()).match, Match::met);
  EXPECT_EQ(assess("kind=memory within=2 |", killed()).match, Match::late);
}

TEST(Expectation, TimeBoundsAreLongerOnASlowPlace) {
  EXPECT_EQ(assess("kind=memory within=2", killed(), 1.5).match, Match::met);
  EXPECT_EQ(assess("kind=memory within=2", killed(), 1.4).match, Match::late);
}

TEST(Expectation, NamesWhatTheNearestAlternativeMissed) {
  EXPECT_EQ(assess("kind=memory within=5", killed()).missed, "");
  EXPECT_EQ(assess("held | status=422 kind=crash", killed()).missed, "held");
  EXPECT_EQ(assess("status=200 kind=crash | status=422 kind=crash", killed()).missed, "kind=crash");
  EXPECT_EQ(assess("kind=memory within=2", killed()).missed, "within=2 (took 3.0 s)");
  EXPECT_EQ(assess("kind=crash within=1", killed(), 2).missed,
            "kind=crash, within=1 x 2.0 (took 3.0 s)");
}

TEST(Expectation, ResultIsComparedAsJson) {
  const Observed answer = observed(200, R"({"result":{"b":[1,2],"a":null},"stdout":"x 5"})");
  EXPECT_TRUE(as_expected(R"(status=200 result={"a":null,"b":[1,2]} stdout~5)", answer));
  EXPECT_FALSE(as_expected(R"(result={"a":null})", answer));
}

TEST(Expectation, WhatIsNotKnownHoldsNever) {
  EXPECT_FALSE(as_expected("", held()));
  EXPECT_FALSE(as_expected("|", held()));
  EXPECT_FALSE(as_expected("hold", held()));
  EXPECT_FALSE(as_expected("colour=red", held()));
}

TEST(Expectation, WhatCannotBeJudgedByIsAnError) {
  for (const auto* good : {"held", "weaker", "held | kind=memory within=5", "status=422 error~x=y",
                           R"(result={"a":[1,null]} stdout~5 peak_mb=8.5)"}) {
    EXPECT_TRUE(check_expectation(good).ok()) << good;
  }
  for (const auto* bad : {"", "|", "held |", "| held", "held || held", "hold", "differs",
                          "status=", "status=ok", "kind=", "result=", "result={", "error~",
                          "within=soon", "peak_mb=much", "colour=red", "kind~memory", "kind"}) {
    EXPECT_FALSE(check_expectation(bad).ok()) << bad;
  }
}

TEST(Expectation, AnswersOfTheServiceItselfAreNotWellFormed) {
  EXPECT_TRUE(is_well_formed(held()));
  EXPECT_TRUE(is_well_formed(killed()));
  EXPECT_FALSE(is_well_formed(observed(500, R"({"error":"x","stdout":""})")));
  EXPECT_FALSE(is_well_formed(observed(200, R"({"result":1})")));
  EXPECT_FALSE(is_well_formed({200, {}, {}}));
}

TEST(Expectation, EveryMemberOfEveryRunMustDiffer) {
  const auto run = [](std::string_view result) {
    return observed(200, R"({"stdout":"","result":)" + std::string(result) + "}");
  };
  EXPECT_TRUE(results_differ({run(R"({"a":1,"b":1})"), run(R"({"a":2,"b":2})")}));
  EXPECT_FALSE(results_differ({run(R"({"a":1,"b":1})"), run(R"({"a":2,"b":1})")}));
  EXPECT_FALSE(results_differ({run(R"({"a":1})"), run("3")}));
  EXPECT_FALSE(results_differ({run("{}"), run("{}")}));
  EXPECT_FALSE(results_differ({}));
}

TEST(Expectation, SeenIsOnePlainLine) {
  EXPECT_EQ(seen(held(), 100), "EPERM");
  EXPECT_EQ(seen(killed(), 100), "memory: memory limit");
  const Observed escape = observed(422, "{\"error\":\"a\\u001b[31m\\nb\",\"stdout\":\"\"}");
  EXPECT_EQ(seen(escape, 100), "a?[31m?b");
  EXPECT_EQ(seen(escape, 5), "a?...");
}

}  // namespace
}  // namespace forkjail::attack
