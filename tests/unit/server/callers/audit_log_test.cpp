#include "server/callers/audit_log.h"

#include <gtest/gtest.h>

namespace forkjail::server {
namespace {

constexpr WallTime kTime{std::chrono::milliseconds(1'700'000'000'042)};

TEST(AuditLog, SaysWhoWhatAndWithWhichOutcome) {
  RunLogEntry entry;
  entry.status = 422;
  entry.kind = "cpu_time";
  entry.caller = "alice";
  entry.address = "203.0.113.7";
  entry.request_id = "r-1";
  entry.script_bytes = 3;
  entry.script_sha256 = AuditLog::hash_of("abc");
  entry.usage.cpu_time = std::chrono::milliseconds(1500);
  entry.usage.memory_peak_bytes = 1024;
  entry.answer_bytes = 77;
  entry.trace.trace = "0af7651916cd43dd8448eb211c80319c";
  EXPECT_EQ(audit_line(entry, kTime),
            "{\"time\":\"2023-11-14T22:13:20.042Z\",\"logger\":\"audit\",\"request_id\":\"r-1\","
            "\"key\":\"alice\",\"address\":\"203.0.113.7\",\"script_sha256\":"
            "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\","
            "\"script_bytes\":3,\"status\":422,\"outcome\":\"cpu_time\",\"queue_ms\":0,"
            "\"wall_ms\":0,\"cpu_ms\":1500,\"memory_peak_bytes\":1024,\"answer_bytes\":77,"
            "\"trace\":\"0af7651916cd43dd8448eb211c80319c\"}\n");
}

TEST(AuditLog, LeavesOutWhatIsNotKnown) {
  RunLogEntry entry;
  entry.kind = "refused";
  entry.reason = "queue_full";
  const std::string line = audit_line(entry, kTime);
  EXPECT_NE(line.find("\"reason\":\"queue_full\""), line.npos);
  for (const char* name : {"\"key\"", "script_sha256", "\"trace\"", "\"address\""}) {
    EXPECT_EQ(line.find(name), line.npos) << name;
  }
}

TEST(AuditLog, SaysHowManyLinesAreMissing) {
  EXPECT_EQ(audit_line_of_dropped(7, kTime),
            "{\"time\":\"2023-11-14T22:13:20.042Z\",\"logger\":\"audit\",\"dropped_lines\":7}\n");
}

}  // namespace
}  // namespace forkjail::server
