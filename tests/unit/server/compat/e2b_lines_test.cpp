#include "server/compat/e2b_lines.h"

#include <gmock/gmock.h>

#include "protocol/run_frames.h"

namespace forkjail::server {
namespace {

TEST(E2bLines, OutputHasItsTime) {
  EXPECT_EQ(e2b_text_line(OutputStream::out, "a\n\"", 1'700'000'000'000'000'001),
            "{\"type\":\"stdout\",\"text\":\"a\\n\\\"\",\"timestamp\":1700000000000000001}\n");
  EXPECT_EQ(e2b_text_line(OutputStream::err, "b", 2),
            "{\"type\":\"stderr\",\"text\":\"b\",\"timestamp\":2}\n");
  EXPECT_EQ(e2b_count_line(3), "{\"type\":\"number_of_executions\",\"execution_count\":3}\n");
}

TEST(E2bLines, AreAscii) {
  // U+00E9, U+2028, U+1F600, a byte that is no character.
  EXPECT_EQ(
      e2b_text_line(OutputStream::out, "\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80\xFF", 0),
      "{\"type\":\"stdout\",\"text\":\"\\u00e9\\u2028\\ud83d\\ude00\\ufffd\",\"timestamp\":0}\n");
}

TEST(E2bLines, AResultNamesTheFormsOfABundle) {
  EXPECT_EQ(
      e2b_result_line(
          R"({"text/plain":"1","text/html":"<b>","image/png":"cA==","application/json":{"a":[1]}})"),
      R"({"type":"result","text":"1","html":"<b>","png":"cA==","json":{"a":[1]},"is_main_result":false})"
      "\n");
  EXPECT_EQ(
      e2b_result_line(
          R"({"text/markdown":"m","image/svg+xml":"s","image/jpeg":"j","application/pdf":"p",)"
          R"("text/latex":"l","application/javascript":"a"})"),
      R"({"type":"result","markdown":"m","svg":"s","jpeg":"j","pdf":"p","latex":"l","javascript":"a",)"
      R"("is_main_result":false})"
      "\n");
}

TEST(E2bLines, AResultLeavesOutWhatIsNullAndKeepsOtherForms) {
  EXPECT_EQ(e2b_result_line(R"({"text/plain":null,"image/gif":"g","x\"y":{"z":1}})"),
            R"({"type":"result","extra":{"image/gif":"g","x\"y":{"z":1}},"is_main_result":false})"
            "\n");
}

TEST(E2bLines, AValueIsMarkedAndATableHasItsData) {
  const std::string bundle = "{\"text/plain\":\"f\",\"" + std::string(protocol::kValueMark) +
                             "\":\"true\",\"" + std::string(protocol::kTableContent) +
                             "\":{\"a\":[1,null]}}";
  EXPECT_EQ(e2b_result_line(bundle),
            R"({"type":"result","text":"f","data":{"a":[1,null]},"is_main_result":true})"
            "\n");
}

TEST(E2bLines, AStringIsShownWithoutItsQuotes) {
  const auto text_of = [](const std::string& quoted) {
    return e2b_result_line("{\"text/plain\":" + quoted + "}");
  };
  const auto line = [](const std::string& text) {
    return "{\"type\":\"result\",\"text\":\"" + text + "\",\"is_main_result\":false}\n";
  };
  EXPECT_EQ(text_of(R"("'a'")"), line("a"));
  EXPECT_EQ(text_of(R"("\"it's\"")"), line("it's"));
  EXPECT_EQ(text_of(R"("''")"), line(""));
  EXPECT_EQ(text_of(R"("'")"), line("'"));
  EXPECT_EQ(text_of(R"("\"")"), line(R"(\")"));
  EXPECT_EQ(text_of(R"("'a")"), line("'a"));
  EXPECT_EQ(text_of(R"("")"), line(""));
}

TEST(E2bLines, NoBundleEndsALine) {
  const std::string line = e2b_result_line("{\"text/html\":\n[1,\r\n2],\"x\ny\":3}");
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(line.find('\r'), std::string::npos);
}

Failed failed(protocol::FailureKind kind, FailureReport report, std::string error) {
  report.kind = kind;
  return {kind, std::move(error), std::move(report)};
}

TEST(E2bLines, AnExceptionIsToldAsPythonNamesIt) {
  FailureReport report;
  report.type = "ValueError";
  report.message = "bad";
  report.traceback = "Traceback";
  report.advice = "do this";
  const E2bError error = e2b_error_of(failed(protocol::FailureKind::exception, report, "line"));
  EXPECT_EQ(error.name, "ValueError");
  EXPECT_EQ(error.value, "bad; do this");
  EXPECT_EQ(error.traceback, "Traceback");
  EXPECT_EQ(e2b_error_line({"N", "v", "a\nb"}),
            "{\"type\":\"error\",\"name\":\"N\",\"value\":\"v\",\"traceback\":\"a\\nb\"}\n");
}

TEST(E2bLines, ALimitHasTheNameOfAnExceptionToo) {
  for (const auto& [kind, name] : {std::pair{protocol::FailureKind::wall_time, "TimeoutError"},
                                   std::pair{protocol::FailureKind::cpu_time, "TimeoutError"},
                                   std::pair{protocol::FailureKind::memory, "MemoryError"},
                                   std::pair{protocol::FailureKind::interrupt, "KeyboardInterrupt"},
                                   std::pair{protocol::FailureKind::crash, "ExecutionError"}}) {
    const E2bError error = e2b_error_of(failed(kind, {}, "what happened"));
    EXPECT_EQ(error.name, name);
    EXPECT_EQ(error.value, "what happened");
    EXPECT_EQ(error.traceback, "what happened");
  }
}

}  // namespace
}  // namespace forkjail::server
