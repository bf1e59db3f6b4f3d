#include "server/run/failure_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace forkjail::server {
namespace {

using protocol::FailureKind;

std::string line_of(std::string_view payload) {
  const auto report = decode_failure(payload);
  EXPECT_TRUE(report) << payload;
  return report ? error_line(*report) : std::string();
}

TEST(FailureReport, ReportsWhatAndWhere) {
  EXPECT_EQ(
      line_of(R"({"kind":"exception","type":"ZeroDivisionError","message":"division by zero",)"
              R"("line":3,"function":"main"})"),
      "ZeroDivisionError: division by zero (line 3, in main)");
  EXPECT_EQ(line_of(R"({"kind":"syntax","type":"IndentationError","message":"unexpected indent",)"
                    R"("line":7,"function":"<module>"})"),
            "IndentationError: unexpected indent (line 7)");
  EXPECT_EQ(
      line_of(R"({"kind":"exception","type":"EOFError","line":2,"advice":"send\n\"stdin\""})"),
      R"(EOFError (line 2); send "stdin")");
  EXPECT_EQ(line_of(R"j({"kind":"no_main","message":"the script defines no main()"})j"),
            "the script defines no main()");
  EXPECT_EQ(line_of(R"({"kind":"exception","type":"KeyboardInterrupt","message":""})"),
            "KeyboardInterrupt");
  EXPECT_EQ(line_of(R"({"kind":"exit"})"), "the script failed (exit)");
}

TEST(FailureReport, StaysOneShortLineOfValidText) {
  EXPECT_EQ(line_of(R"({"kind":"exception","type":"E","message":"a\n\tb\u0000c\r\n"})"),
            "E: a b c");
  const std::string flood(100'000, 'x');
  EXPECT_LT(line_of(R"({"kind":"exception","type":"E","message":")" + flood + "\"}").size(),
            2'100U);
}

TEST(FailureReport, RefusesKindsThatOnlyTheKernelCanTell) {
  for (const char* kind : {"crash", "wall_time", "cpu_time", "nonsense", ""}) {
    EXPECT_FALSE(decode_failure(R"({"kind":")" + std::string(kind) + "\"}")) << kind;
  }
}

TEST(FailureReport, RefusesWhatIsNoSuchObject) {
  for (const char* payload :
       {"", "[]", "1", "{}", R"({"kind":1})", R"({"kind":"exit","line":"3"})",
        R"({"kind":"exit","message":[1]})", R"({"kind":"exit","line":1.5})", R"({"kind":"exit"} x)",
        R"({"kind":"exit","x":[[[[[[1]]]]]]})", "{\"kind\":\"exit\",\"message\":\"\xFF\"}"}) {
    EXPECT_FALSE(decode_failure(payload)) << payload;
  }
}

TEST(FailureReport, TakesNullForAMissingMember) {
  const auto report =
      decode_failure(R"({"kind":"exit","line":null,"function":null,"exit_code":3})");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->exit_code, 3);
  EXPECT_FALSE(report->line);
}

}  // namespace
}  // namespace forkjail::server
