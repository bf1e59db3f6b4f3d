#include "server/api/execution_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/message.h"
#include "json/check.h"

namespace forkjail::server {
namespace {

using testing::HasSubstr;

RunOutput printed(std::string out, bool truncated = false) {
  return {{std::move(out), truncated}, {"warned", false}};
}

TEST(ExecutionResponse, HasExactlyTheTwoMembersOfTheSeed) {
  EXPECT_EQ(success_body(R"({"n":123456789012345678901234567890})", printed("hi\n"), {}),
            R"({"result":{"n":123456789012345678901234567890},"stdout":"hi\n"})");
  EXPECT_EQ(failure_body({protocol::FailureKind::exit, "gone", {}}, printed(""), {}),
            R"({"error":"gone","stdout":""})");
}

TEST(ExecutionResponse, IsValidJsonWhateverWasPrinted) {
  std::string every_byte;
  for (int c = 0; c < 256; ++c) every_byte.push_back(static_cast<char>(c));
  const std::string body = success_body("null", printed(every_byte), {});
  EXPECT_TRUE(json::is_valid(body, 8)) << body;
}

TEST(ExecutionResponse, DropsASequenceThatTheCapCutInTwo) {
  EXPECT_EQ(success_body("1", printed("a\xE2\x82", true), {}),
            R"({"result":1,"stdout":"a","truncated":{"stdout":true,"stderr":false,"files":false,)"
            R"("display":false}})");
  EXPECT_EQ(success_body("1", printed("a\xE2\x82", false), {}),
            "{\"result\":1,\"stdout\":\"a\xEF\xBF\xBD\"}");
}

TEST(ExecutionResponse, HasAllMembersWhenVerbose) {
  AnswerExtras parts;
  parts.parts.add_all();
  parts.usage = {.wall_time = std::chrono::microseconds(1'500),
                 .cpu_time = std::chrono::microseconds(250),
                 .queue_time = std::chrono::microseconds(0),
                 .memory_peak_bytes = 3 * kMiB / 2};
  parts.isolation_json = R"({"level":"full","layers":[]})";
  parts.syscalls = "socket";
  FailureReport report;
  report.type = "E";
  report.message = "m";
  report.line = 4;
  const std::string body = failure_body({protocol::FailureKind::exception, "E: m (line 4)", report},
                                        printed("o"), parts);
  EXPECT_TRUE(json::is_valid(body, 8)) << body;
  EXPECT_EQ(
      body,
      R"j({"error":"E: m (line 4)","stdout":"o","stderr":"warned",)j"
      R"("usage":{"wall_ms":1.5,"cpu_ms":0.25,"queue_ms":0,"memory_peak_mb":1.5},)"
      R"("truncated":{"stdout":false,"stderr":false,"files":false,"display":false},"display":[],)"
      R"("isolation":{"level":"full","layers":[]},)"
      R"("details":{"kind":"exception","type":"E","message":"m","line":4,)"
      R"("traceback":null,"syscall":"socket"}})");
}

TEST(ExecutionResponse, HasThePartsThatWereAskedForAndNoOther) {
  AnswerExtras extras;
  extras.parts.add(AnswerPart::err);
  EXPECT_EQ(success_body("1", printed("o"), extras),
            R"({"result":1,"stdout":"o","stderr":"warned"})");
}

TEST(ExecutionResponse, SplicesMimeBundlesInOrder) {
  const RunDisplays displays{{R"({"text/plain":"1"})", R"({"image/png":"aGk="})"}, false};
  AnswerExtras extras;
  extras.displays = &displays;
  EXPECT_EQ(success_body("1", printed(""), extras), R"({"result":1,"stdout":""})");
  extras.displays_if_any = true;
  EXPECT_EQ(success_body("1", printed(""), extras),
            R"({"result":1,"stdout":"","display":[{"text/plain":"1"},{"image/png":"aGk="}]})");
}

TEST(ExecutionError, HasAnEmptyStdout) {
  const http::Response response = http::error_response(400, "a \"b\"", execution_error);
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(response.body, R"({"error":"a \"b\"","stdout":""})");
}

TEST(TruncatedParts, NamesWhatLostBytes) {
  RunOutput output;
  EXPECT_EQ(truncated_parts(output, false), "");
  output.err.truncated = true;
  EXPECT_EQ(truncated_parts(output, false), "stderr");
  output.out.truncated = true;
  EXPECT_EQ(truncated_parts(output, true), "stdout, stderr, files");
}

TEST(JsonCheck, AcceptsOneValueAndNothingElse) {
  for (const char* text : {"1", "null", "\"x\"", R"([1,{"a":[1e400,12345678901234567890123]}])"}) {
    EXPECT_TRUE(json::is_valid(text, 8)) << text;
  }
  for (const char* text : {"", "1 2", "{", "nan", "[1],\"stdout\":\"forged\"", "\"\xFF\"", "'a'"}) {
    EXPECT_FALSE(json::is_valid(text, 8)) << text;
  }
  EXPECT_FALSE(json::is_valid(std::string(100'000, '['), 508));
}

}  // namespace
}  // namespace forkjail::server
