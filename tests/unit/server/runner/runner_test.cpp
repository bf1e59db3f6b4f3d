#include "server/runner/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <deque>

#include "unit/server/runner_fixture.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;
using protocol::Flavour;
using protocol::FrameType;
using testing::HasSubstr;

// Keeps what it is told.
struct HeardOutput final : RunEvents {
  void on_output(OutputStream stream, std::string_view bytes) override {
    (stream == OutputStream::out ? out : err).append(bytes);
  }
  void on_display(std::string_view bundle_json) override { displays.emplace_back(bundle_json); }
  std::vector<std::string> displays;
  std::string out;
  std::string err;
};

class RunnerTest : public RunnerFixture {
 protected:
  RunnerTest() : RunnerFixture({.queue_max = 1, .queue_time_max = 50ms}) {}
  ~RunnerTest() override { loop.destroy_pending(); }
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    spdlog::set_level(spdlog::level::off);
    pool.on_zygote_ready(Flavour::light, {});
    request.script = "def main(): pass";
  }
  FakeCell& park_cell() {
    auto [cell, fds] = make_fake_cell();
    pool.on_cell_started(Flavour::light, ++last_id, 0, std::move(fds));
    cell.say(FrameType::parked);
    cells.push_back(std::move(cell));
    settle(loop);
    return cells.back();
  }
  void start() {
    asio::co_spawn(
        loop,
        [this]() -> Task<void> {
          result = co_await runner.run(request, interruption, &heard, Clock::now());
        },
        asio::detached);
    settle(loop);
  }
  void finish() {
    run_until(loop, [this] { return result.has_value(); });
  }

  std::deque<FakeCell> cells;
  protocol::CellId last_id = 0;
  HeardOutput heard;
  std::optional<RunResult> result;
};

TEST_F(RunnerTest, JudgesARunAndHoldsItsCellUntilThePresenterLetsGo) {
  FakeCell& cell = park_cell();
  start();
  cell.answer("42");
  finish();
  auto& finished = std::get<Finished>(*result);
  EXPECT_TRUE(std::holds_alternative<Returned>(finished.outcome));
  EXPECT_EQ(finished.report.value_json, "42");
  EXPECT_EQ(metrics.runs().at(kOutcomeReturned), 1U);
  EXPECT_EQ(admission.running(), 1U);
  EXPECT_TRUE(maker.ended.empty());
  finished.held->give_back();
  EXPECT_EQ(admission.running(), 0U);
  EXPECT_EQ(maker.ended.size(), 1U);
}

TEST_F(RunnerTest, ReportsOutputWhileTheRunGoesOn) {
  FakeCell& cell = park_cell();
  start();
  FakeCell::write(cell.out, "first");
  FakeCell::write(cell.err, "warning");
  run_until(loop, [this] { return heard.out == "first" && heard.err == "warning"; });
  EXPECT_FALSE(result);
  FakeCell::write(cell.out, ", last");
  cell.answer("1");
  finish();
  EXPECT_EQ(heard.out, "first, last");
  EXPECT_EQ(std::get<Finished>(*result).report.output.out.bytes, "first, last");
}

TEST_F(RunnerTest, TriesAnotherCellWhenTheFirstIsDead) {
  // Dead, and the loop has not noticed yet.
  park_cell().die();
  FakeCell& second = park_cell();
  start();
  second.answer("1");
  finish();
  EXPECT_TRUE(std::holds_alternative<Finished>(*result));
}

TEST_F(RunnerTest, RunsInACellThatIsHeldAndGivesTheSlotAlone) {
  RunReport report;
  const Runner::HeldRun run = [&report]() -> Task<RunReport> { co_return std::move(report); };
  const auto judged = [&](Reply reply, EndedBy by) {
    report = {};
    report.evidence.reply = std::move(reply);
    report.evidence.ended_by = by;
    result.reset();
    asio::co_spawn(
        loop,
        [&]() -> Task<void> { result = co_await runner.run_held(run, interruption, Clock::now()); },
        asio::detached);
    finish();
    return std::get<Finished>(*std::move(result));
  };
  Finished returned = judged(ValueReply{}, EndedBy::nobody);
  EXPECT_TRUE(returned.replied);
  EXPECT_EQ(admission.running(), 1U);
  returned.held->give_back();
  EXPECT_EQ(admission.running(), 0U);
  EXPECT_TRUE(judged(FailureReport{}, EndedBy::nobody).replied);
  EXPECT_FALSE(judged(NoReply{}, EndedBy::nobody).replied);
  EXPECT_FALSE(judged(Tampered{"x"}, EndedBy::nobody).replied);
  EXPECT_EQ(admission.running(), 0U);

  const Finished interrupted = judged(ValueReply{}, EndedBy::interrupt_request);
  EXPECT_FALSE(interrupted.replied);
  EXPECT_EQ(std::get<Failed>(interrupted.outcome).kind, protocol::FailureKind::interrupt);
}

TEST_F(RunnerTest, CountsWhatIsRefused) {
  start();
  finish();
  const auto& refused = std::get<Refused>(*result);
  EXPECT_EQ(refused.reason, Refusal::not_ready) << refused.why;  // no cell has parked yet
  EXPECT_EQ(metrics.refusals(refused.reason), 1U);
  admission.close();
  const auto at_once = runner.refuses_all();
  ASSERT_TRUE(at_once);
  EXPECT_EQ(at_once->reason, Refusal::shutting_down);
  EXPECT_EQ(metrics.refusals(Refusal::shutting_down), 1U);
}

}  // namespace
}  // namespace forkjail::server
