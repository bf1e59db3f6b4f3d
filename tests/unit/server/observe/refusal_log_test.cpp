#include "server/observe/refusal_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "unit/server/fake_cells.h"

namespace forkjail::server {
namespace {

using testing::HasSubstr;
using testing::Not;

class RefusalLogTest : public testing::Test {
 protected:
  RefusalLogTest() {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_st>(text);
    sink->set_pattern("%v");
    spdlog::register_logger(std::make_shared<spdlog::logger>(kRunLogger, std::move(sink)));
  }
  ~RefusalLogTest() override {
    loop.destroy_pending();
    spdlog::drop(kRunLogger);
  }
  static RunLogEntry entry(std::string_view reason) {
    RunLogEntry entry;
    entry.status = 503;
    entry.kind = "refused";
    entry.reason = reason;
    return entry;
  }
  [[nodiscard]] std::size_t lines() const {
    const std::string written = text.str();
    return static_cast<std::size_t>(std::ranges::count(written, '\n'));
  }

  std::ostringstream text;
  Loop loop;
};

TEST_F(RefusalLogTest, GivesALineToEachOfAFew) {
  const RunLog log(LogFormat::text, "");
  {
    RefusalLog refusals(loop.get_executor(), log);
    for (std::uint32_t i = 0; i < RefusalLog::kOwnLinesMax; ++i) refusals.add(entry("queue_full"));
  }
  EXPECT_EQ(lines(), RefusalLog::kOwnLinesMax);
  EXPECT_THAT(text.str(), HasSubstr("503 refused (queue_full) in"));
}

TEST_F(RefusalLogTest, AddsUpTheOthersByReasonOnceASecond) {
  const RunLog log(LogFormat::text, "");
  RefusalLog refusals(loop.get_executor(), log);
  for (int i = 0; i < 1'000; ++i) refusals.add(entry("queue_full"));
  for (int i = 0; i < 5; ++i) refusals.add(entry(kFaultyRequest));
  EXPECT_EQ(lines(), RefusalLog::kOwnLinesMax);
  run_until(loop, [this] { return lines() > RefusalLog::kOwnLinesMax; });
  EXPECT_EQ(lines(), RefusalLog::kOwnLinesMax + 1);
  EXPECT_THAT(text.str(), HasSubstr("995 more refused within a second: faulty_request 5, "
                                    "queue_full 990"));
  refusals.add(entry("queue_timeout"));  // of the next period
  EXPECT_EQ(lines(), RefusalLog::kOwnLinesMax + 2);
}

TEST_F(RefusalLogTest, WritesWhatIsLeftAtItsEnd) {
  const RunLog log(LogFormat::json, "");
  {
    RefusalLog refusals(loop.get_executor(), log);
    for (int i = 0; i < 12; ++i) refusals.add(entry("queue_full"));
  }
  EXPECT_THAT(text.str(), HasSubstr(R"("kind":"refused","refused":{"queue_full":2})"));
}

}  // namespace
}  // namespace forkjail::server
