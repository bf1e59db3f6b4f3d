// A session's cell with a keeper that the test plays: what of its reports and replies counts, in
// whichever order they are read.
#include "server/cells/session_cell.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <csignal>
#include <cstring>
#include <vector>

#include "server/run/run.h"
#include "unit/server/session_lease_fixture.h"

namespace forkjail::server {
namespace {

using protocol::FrameType;
using protocol::KeeperOrder;
using protocol::KeeperReport;
using protocol::KeeperReportVerb;
using protocol::KeeperVerb;
using protocol::RunEnd;

struct Listener final : SessionListener {
  std::vector<protocol::StateId> lost;
  void on_kept(protocol::StateId) override {}
  void on_keep_failed(protocol::StateId, int) override {}
  void on_state_lost(protocol::StateId state) override { lost.push_back(state); }
  void on_went_back(protocol::StateId) override {}
  void on_at(protocol::StateId) override {}
  void on_memory(const MemoryNow&) override {}
  void on_gone() override {}
};

class SessionCellTest : public SessionLeaseTest {
 protected:
  ~SessionCellTest() override {
    run.reset();
    held.reset();
    loop.destroy_pending();
  }
  void SetUp() override {
    auto pipes = make_fake_cell();
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    pipes.first.request = UniqueFd(ends[0]);
    pipes.second.request = UniqueFd(ends[1]);
    CellLease lease = take_lease(std::move(pipes));
    ASSERT_TRUE(lease);
    held = std::make_unique<SessionCell>(std::move(lease), listener);
    ASSERT_TRUE(held->begin());
    measure();
  }

  void start(bool measures_peak) {
    if (measures_peak) request.include.add(AnswerPart::usage);
    held->plan_run({.from = 1, .new_state = 2, .measures_peak = measures_peak});
    run.emplace(loop.get_executor(), *held, request, RunOptions{}, nullptr);
    asio::co_spawn(
        loop, [this]() -> Task<void> { report = co_await run->execute(interruption); },
        asio::detached);
    settle(loop);
  }
  void keeper_reports(const KeeperReport& told) {
    FakeCell::write(cell.request, {reinterpret_cast<const char*>(&told), sizeof told});
    settle(loop);
  }
  void keeper_reports_return() {
    keeper_reports(
        {.verb = KeeperReportVerb::run_over, .run = 1, .state = 2, .end = RunEnd::returned});
  }
  void measure() {
    pool.on_memory_measured(1, {});
    settle(loop);
  }
  void finish() {
    run_until(loop, [this] { return report.has_value(); });
  }
  [[nodiscard]] bool replied() const {
    return report && std::holds_alternative<ValueReply>(report->evidence.reply);
  }
  // The orders that came after the run's own, whose request is dropped.
  [[nodiscard]] std::vector<KeeperVerb> further_orders() const {
    std::string bytes(64 * 1024, '\0');
    const ssize_t n = ::read(cell.request.get(), bytes.data(), bytes.size());
    std::vector<KeeperVerb> verbs;
    KeeperOrder order;
    std::size_t at = 0;
    while (n > 0 && at + sizeof order <= static_cast<std::size_t>(n)) {
      std::memcpy(&order, bytes.data() + at, sizeof order);
      at += sizeof order + order.request_bytes;
      if (order.verb != KeeperVerb::run) verbs.push_back(order.verb);
    }
    return verbs;
  }

  Listener listener;
  ExecutionRequest request;
  Interruption interruption;
  std::unique_ptr<SessionCell> held;
  std::optional<server::Run> run;
  std::optional<RunReport> report;
};

TEST_F(SessionCellTest, StaysAtTheStateOfARunWhoseReplyIsReadAfterItsReport) {
  start(false);
  FakeCell::write(cell.reply, frame_text(FrameType::value, "1"));
  keeper_reports_return();
  finish();
  EXPECT_TRUE(replied());
  EXPECT_TRUE(further_orders().empty());
}

TEST_F(SessionCellTest, StaysAtThatStateAlsoWhereTheMemoryIsMeasuredFirst) {
  start(true);
  keeper_reports_return();
  FakeCell::write(cell.reply, frame_text(FrameType::value, "1"));
  measure();
  finish();
  EXPECT_TRUE(replied());
  EXPECT_TRUE(further_orders().empty());
}

TEST_F(SessionCellTest, HasItsPlaceBackAfterARunThatLasted) {
  start(false);
  run_until(loop, [this] { return !maker.lasting.empty(); });
  EXPECT_TRUE(maker.long_over.empty());
  cell.answer("1");
  keeper_reports_return();
  finish();
  EXPECT_EQ(maker.long_over, maker.lasting);
}

TEST_F(SessionCellTest, ReportsTheStateOfARunThatIsKilledBehindItsReplyAsLost) {
  start(false);
  cell.answer("1");
  finish();
  keeper_reports({.verb = KeeperReportVerb::run_over,
                  .run = 1,
                  .state = 1,
                  .end = RunEnd::stopped,
                  .wait_status = SIGKILL});
  EXPECT_EQ(listener.lost, std::vector<protocol::StateId>{2});
  EXPECT_EQ(held->at(), 1U);
}

TEST_F(SessionCellTest, LeavesAStateThatReturnsWithoutAReply) {
  start(false);
  keeper_reports_return();
  finish();
  EXPECT_FALSE(replied());
  EXPECT_EQ(further_orders(), (std::vector{KeeperVerb::go_to, KeeperVerb::drop}));
}

TEST_F(SessionCellTest, LeavesItAlsoWhereTheMemoryIsMeasured) {
  start(true);
  keeper_reports_return();
  EXPECT_TRUE(further_orders().empty());
  measure();
  finish();
  EXPECT_FALSE(replied());
  EXPECT_EQ(further_orders(), (std::vector{KeeperVerb::go_to, KeeperVerb::drop}));
}

}  // namespace
}  // namespace forkjail::server
