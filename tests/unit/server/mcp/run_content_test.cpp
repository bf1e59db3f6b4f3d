#include "server/mcp/run_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace forkjail::server::mcp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Finished returned() {
  Finished run;
  run.outcome = Returned{};
  run.replied = true;
  return run;
}

// "text: hello", "image: image/png", "link: forkjail://..." of each block.
std::vector<std::string> blocks(ToolResult result) {
  const boost::json::value json = boost::json::parse(result.take());
  std::vector<std::string> told;
  for (const auto& block : json.at("content").as_array()) {
    const auto text_of = [&](const char* name) {
      return std::string(block.at(name).as_string().c_str());
    };
    const std::string type = text_of("type");
    if (type == "text") told.push_back("text: " + text_of("text"));
    if (type == "image") told.push_back("image: " + text_of("mimeType"));
    if (type == "resource_link") told.push_back("link: " + text_of("uri"));
  }
  return told;
}

TEST(RunContent, TellsOutputThenValues) {
  Finished run = returned();
  run.report.output.out.bytes = "out\n";
  run.report.output.err = {"err\n", true};
  run.report.displays.bundles = {R"({"text/plain":"<Figure>","image/png":"AAEC"})",
                                 R"({"text/html":"<b>","text/plain":"a\"b"})"};
  EXPECT_THAT(blocks(run_result(run, {}, {})),
              ElementsAre("text: out\n",
                          "text: stderr:\nerr\n\n[the rest was dropped: the output limit was "
                          "reached]",
                          "image: image/png", "text: a\"b"));
}

TEST(RunContent, SaysThatThereIsNothing) {
  EXPECT_THAT(blocks(run_result(returned(), {}, {})), ElementsAre(HasSubstr("printed nothing")));
}

TEST(RunContent, TakesNoPictureThatIsNoBase64) {
  Finished run = returned();
  run.report.displays.bundles = {R"({"image/png":"<a>","text/plain":"instead"})"};
  EXPECT_THAT(blocks(run_result(run, {}, {})), ElementsAre("text: instead"));
}

TEST(RunContent, TellsAFailureWithItsTraceback) {
  Finished run = returned();
  Failed failed;
  failed.kind = protocol::FailureKind::exception;
  failed.error = "ZeroDivisionError: division by zero (line 1)";
  failed.report.traceback = "Traceback ...";
  run.outcome = failed;
  ToolResult result = run_result(run, {}, {});
  EXPECT_TRUE(result.is_error());
  EXPECT_THAT(blocks(std::move(result)),
              ElementsAre("text: ZeroDivisionError: division by zero (line 1)\n\nTraceback ..."));
}

TEST(RunContent, SaysWhereTheSessionIs) {
  const RunPlace place{.session = "i.1", .state = "s2", .goes_back = true};
  EXPECT_THAT(blocks(run_result(returned(), place, {})),
              ElementsAre(HasSubstr("printed nothing"), "text: Session state: s2"));
  Finished killed = returned();
  Failed failed;
  failed.kind = protocol::FailureKind::wall_time;
  failed.error = "Wall time limit exceeded (30 s)";
  killed.outcome = failed;
  killed.replied = false;
  EXPECT_THAT(blocks(run_result(killed, place, {})),
              ElementsAre(HasSubstr("Do less in one call"), HasSubstr("went back to its state")));
  EXPECT_THAT(blocks(run_result(killed, {.session = "i.1", .state = "", .goes_back = false}, {})),
              ElementsAre(HasSubstr("limit exceeded"), HasSubstr("make a new one")));
}

TEST(RunContent, TellsARunThatWasLost) {
  Finished run = returned();
  run.outcome = Lost{"why", true};
  EXPECT_THAT(blocks(run_result(run, {}, {})), ElementsAre(HasSubstr("why; call the tool again")));
}

TEST(MadeFiles, AreNamedShownOrLinked) {
  Finished run = returned();
  const std::string picture("\x89PNG\0", 5);
  run.report.files.files = {
      {"a.txt", 3, "abc"}, {"big.csv", 1'000'000, std::nullopt}, {"p.png", 5, picture}};
  EXPECT_THAT(blocks(run_result(run, {}, {})),
              ElementsAre(AllOf(HasSubstr("a.txt (text/plain, 3 bytes)"),
                                HasSubstr("big.csv (text/csv, 1000000 bytes)"),
                                HasSubstr("They are gone now")),
                          "text: a.txt:\nabc", "image: image/png"));
  const RunPlace place{.session = "i.1", .state = "s2", .goes_back = true};
  EXPECT_THAT(blocks(run_result(run, place, {})),
              ElementsAre(HasSubstr("Files made"), "text: a.txt:\nabc",
                          "link: forkjail://sessions/i.1/files/big.csv",
                          "link: forkjail://sessions/i.1/files/p.png", "text: Session state: s2"));
}

}  // namespace
}  // namespace forkjail::server::mcp
