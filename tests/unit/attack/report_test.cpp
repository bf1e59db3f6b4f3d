#include "attack/report.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <functional>
#include <sstream>

namespace forkjail::attack {
namespace {

namespace json = boost::json;

CaseFile case_file() {
  CaseFile file;
  file.numbers = "33, 34";
  file.attacks = {33, 34};
  file.name = "it_is_refused";
  file.expect = "held within=5";
  file.next = "held";
  file.file = "033_it.py";
  file.script = "attack";
  return file;
}

CaseReport late() {
  CaseReport report;
  report.judgement = {Verdict::late, "missed within=5"};
  report.companions = {{.part = Part::next,
                        .runs = 3,
                        .judgement = {Verdict::held, "EPERM"},
                        .elapsed = std::chrono::milliseconds(30)}};
  report.tries = 2;
  report.elapsed = std::chrono::microseconds(6'200'400);
  return report;
}

Tally tally_of(Verdict verdict) {
  Tally tally;
  tally.count(verdict);
  return tally;
}

std::vector<json::value> json_lines(const std::function<void(Report&)>& tell) {
  std::stringstream out;
  tell(*make_report(ReportFormat::json, out));
  std::vector<json::value> lines;
  for (std::string line; std::getline(out, line);) lines.push_back(json::parse(line));
  return lines;
}

TEST(Report, OfTextIsALineACaseAndASummary) {
  std::stringstream out;
  const auto report = make_report(ReportFormat::text, out);
  report->on_case(case_file(), late());
  report->on_end(tally_of(Verdict::failed), "full", 1);
  EXPECT_EQ(out.str(),
            "late             33, 34   it_is_refused: missed within=5\n"
            "0 held, 0 weaker by design, 0 late, 1 FAILED; isolation level: full; time bounds x "
            "1.0\n");
}

TEST(Report, OfTextNamesTheRemedyWhereSomethingWasLate) {
  std::stringstream out;
  make_report(ReportFormat::text, out)->on_end(tally_of(Verdict::late), "full", 1);
  EXPECT_NE(out.str().find("--patience"), std::string::npos);
}

TEST(Report, OfJsonHasTheCompanionsBeforeTheirCase) {
  const auto lines = json_lines([](Report& report) { report.on_case(case_file(), late()); });
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], json::parse(R"({"name":"it_is_refused","companion":"next","verdict":"held",
                                      "expected":"held","seen":"EPERM","runs":3,"seconds":0.03})"));
  EXPECT_EQ(lines[1], json::parse(R"({"name":"it_is_refused","numbers":[33,34],"verdict":"late",
                            "expected":"held within=5","seen":"missed within=5","tries":2,
                            "seconds":6.2})"));
}

TEST(Report, OfJsonEndsWithASummary) {
  const auto lines =
      json_lines([](Report& report) { report.on_end(tally_of(Verdict::weaker), "fallback", 1.5); });
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], json::parse(R"({"summary":{"held":0,"weaker":1,"late":0,"failed":0},
                                      "level":"fallback","time_bounds_times":1.5,
                                      "exit_status":0})"));
}

TEST(Report, OfJsonListsCasesWithTheirRequests) {
  const auto lines = json_lines([](Report& report) { report.list(case_file()); });
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].at("file").as_string(), "033_it.py");
  EXPECT_EQ(lines[0].at("numbers"), (json::array{33, 34}));
  EXPECT_EQ(lines[0].at("request").at("script").as_string(), "attack");
}

}  // namespace
}  // namespace forkjail::attack
