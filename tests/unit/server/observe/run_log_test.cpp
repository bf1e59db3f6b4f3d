#include "server/observe/run_log.h"

#include <gtest/gtest.h>

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;

RunLogEntry entry() {
  RunLogEntry entry;
  entry.status = 422;
  entry.kind = "exception";
  entry.total_time = 12'500us;
  entry.usage.queue_time = 100us;
  entry.usage.wall_time = 11'000us;
  entry.usage.cpu_time = 9'000us;
  entry.script_bytes = 42;
  return entry;
}

TEST(RunLog, ReportsStatusKindAndTimesAsText) {
  EXPECT_EQ(run_log_text(entry()), "422 exception in 12.5 ms (queue 0.1, run 11.0, CPU 9.0)");
}

TEST(RunLog, WritesTheMembersOfAJsonObject) {
  const std::string_view members =
      R"~("message":"422 exception in 12.5 ms (queue 0.1, run 11.0, CPU 9.0)",)~"
      R"("status":422,"kind":"exception","total_ms":12.5,"queue_ms":0.1,"wall_ms":11,)"
      R"("cpu_ms":9,"script_bytes":42)";
  EXPECT_EQ(run_log_json(entry(), "a-project"), members);
}

TEST(RunLog, NamesTheRequest) {
  RunLogEntry named = entry();
  named.request_id = "a-1";
  EXPECT_TRUE(run_log_text(named).ends_with(" CPU 9.0), request a-1")) << run_log_text(named);
  const std::string json = run_log_json(named, "");
  EXPECT_TRUE(json.ends_with(R"(,"script_bytes":42,"request_id":"a-1")")) << json;
}

TEST(RunLog, ReportsWhyARequestWasRefused) {
  RunLogEntry refused = entry();
  refused.status = 503;
  refused.kind = "refused";
  refused.reason = "queue_full";
  EXPECT_EQ(run_log_text(refused),
            "503 refused (queue_full) in 12.5 ms (queue 0.1, run 11.0, CPU 9.0)");
  EXPECT_NE(run_log_json(refused, "").find(R"("kind":"refused","reason":"queue_full",)"),
            std::string::npos);
}

TEST(RunLog, AddsUpRefusals) {
  const RefusalCounts counts{{"queue_full", 7}, {kFaultyRequest, 2}};
  const std::string_view text = "9 more refused within a second: faulty_request 2, queue_full 7";
  EXPECT_EQ(refusals_text(counts), text);
  EXPECT_EQ(refusals_json(counts), R"("message":")" + std::string(text) +
                                       R"(","kind":"refused",)"
                                       R"("refused":{"faulty_request":2,"queue_full":7})");
}

TEST(RunLog, NamesTheTraceAsCloudLoggingFindsIt) {
  RunLogEntry traced = entry();
  traced.trace = {"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true};
  const std::string json = run_log_json(traced, "a-project");
  EXPECT_NE(json.find(R"(,"logging.googleapis.com/trace":)"
                      R"("projects/a-project/traces/4bf92f3577b34da6a3ce929d0e0e4736",)"
                      R"("logging.googleapis.com/spanId":"00f067aa0ba902b7",)"
                      R"("logging.googleapis.com/trace_sampled":true)"),
            std::string::npos)
      << json;
}

TEST(RunLog, NamesTheBareTraceWithoutAProject) {
  RunLogEntry traced = entry();
  traced.trace.trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string json = run_log_json(traced, "");
  EXPECT_NE(json.find(R"("logging.googleapis.com/trace":"4bf92f3577b34da6a3ce929d0e0e4736")"),
            std::string::npos)
      << json;
  EXPECT_EQ(json.find("spanId"), std::string::npos) << json;
}

}  // namespace
}  // namespace forkjail::server
