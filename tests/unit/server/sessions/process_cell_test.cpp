// A session's cell that is one process: what ends it, and what does not.
#include "server/sessions/process_cell.h"

#include <gtest/gtest.h>

#include <csignal>
#include <ctime>

#include "unit/server/session_lease_fixture.h"

namespace forkjail::server {
namespace {

using protocol::FrameType;

struct Ends final : HeldCellEvents {
  void on_kept(StateId) override {}
  void on_keep_failed(StateId, int) override {}
  void on_state_lost(StateId) override {}
  void on_went_back(StateId) override {}
  void on_settled() override {}
  void on_memory(std::uint64_t bytes) override { memory_bytes = bytes; }
  void on_ended() override { ++ended; }
  int ended = 0;
  std::uint64_t memory_bytes = 0;
};

class ProcessCellTest : public SessionLeaseTest {
 protected:
  ~ProcessCellTest() override {
    held.reset();
    loop.destroy_pending();
  }
  void SetUp() override {
    CellLease lease = take_lease(make_fake_cell());
    ASSERT_TRUE(lease);
    held = std::make_unique<ProcessCell>(loop.get_executor(), std::move(lease), RunOptions{}, ends);
  }

  void start() {
    report.reset();
    asio::co_spawn(
        loop,
        [this]() -> Task<void> {
          report = co_await held->run(request, 1, 2, interruption, nullptr);
        },
        asio::detached);
    settle(loop);
  }
  void finish() {
    run_until(loop, [this] { return report.has_value(); });
  }
  // One run that returns.
  void run() {
    start();
    cell.answer("1");
    finish();
  }
  void end_of_process() {
    cell.die();
    pool.on_cell_ended(1, {.wait_status = SIGKILL, .status_known = true});
  }
  // This process is the cell's, as far as the clock goes.
  static void burn(std::chrono::microseconds time) {
    const auto burnt = [] { return std::chrono::microseconds(std::clock()); };
    const auto enough = burnt() + time;
    while (burnt() < enough) {
    }
  }
  [[nodiscard]] bool replied() const {
    return report && std::holds_alternative<ValueReply>(report->evidence.reply);
  }
  [[nodiscard]] bool was_killed() const { return !maker.ended.empty(); }

  Ends ends;
  ExecutionRequest request;
  Interruption interruption;
  std::unique_ptr<ProcessCell> held;
  std::optional<RunReport> report;
};

TEST_F(ProcessCellTest, GoesOnAfterAReply) {
  for (int i = 0; i < 3; ++i) {
    run();
    EXPECT_TRUE(replied());
  }
  EXPECT_FALSE(was_killed());
  EXPECT_EQ(ends.ended, 0);
  EXPECT_TRUE(held->has_clock());
}

TEST_F(ProcessCellTest, TellsTheUsageOfARunThatGoesOnWithoutAnEnd) {
  request.include.add(AnswerPart::usage);
  run();
  EXPECT_TRUE(replied());
  EXPECT_FALSE(was_killed());
}

TEST_F(ProcessCellTest, DropsWhatThreadsWroteBetweenTwoRuns) {
  run();
  cell.answer("\"forged\"");
  start();
  EXPECT_FALSE(report);
  cell.answer("2");
  finish();
  EXPECT_EQ(report->value_json, "2");
}

TEST_F(ProcessCellTest, IsLostWithARunThatIsInterrupted) {
  start();
  interruption.raise(InterruptReason::request);
  settle(loop);
  EXPECT_TRUE(was_killed());
  end_of_process();
  finish();
  EXPECT_EQ(report->evidence.ended_by, EndedBy::interrupt_request);
  EXPECT_EQ(ends.ended, 1);
}

TEST_F(ProcessCellTest, IsLostWithItsProcess) {
  run();
  end_of_process();
  settle(loop);
  EXPECT_EQ(ends.ended, 1);
  start();
  finish();
  EXPECT_FALSE(report->handed_over);
  EXPECT_EQ(ends.ended, 1);
}

TEST_F(ProcessCellTest, IsLostIfItRepliesToHalfARequest) {
  request.script = std::string(kMiB, ' ');  // more than the pipe holds
  start();
  cell.answer("1");
  finish();
  EXPECT_EQ(ends.ended, 1);
  EXPECT_TRUE(was_killed());
}

TEST_F(ProcessCellTest, IsLostIfItUsesTheCpuBetweenTwoRuns) {
  run();
  burn(2 * IdleCpu::kCredit.burst);
  run_until(loop, [this] { return ends.ended == 1; });
  EXPECT_TRUE(was_killed());
}

TEST_F(ProcessCellTest, IsLostBeforeItsNextRunIfItHasUsedTheCpuUntilThen) {
  run();
  burn(2 * IdleCpu::kCredit.burst);
  start();
  finish();
  EXPECT_FALSE(report->handed_over);
  EXPECT_EQ(ends.ended, 1);
  EXPECT_TRUE(was_killed());
}

TEST_F(ProcessCellTest, EndsItsProcessWithItself) {
  run();
  held->end();
  EXPECT_TRUE(was_killed());
  EXPECT_EQ(ends.ended, 0);
}

}  // namespace
}  // namespace forkjail::server
