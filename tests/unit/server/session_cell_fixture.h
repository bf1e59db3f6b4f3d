// A session's cell with a keeper that the test plays.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstring>
#include <vector>

#include "server/cells/session_cell.h"
#include "server/run/run.h"
#include "unit/server/session_lease_fixture.h"

namespace forkjail::server {

struct RecordingListener final : SessionListener {
  std::vector<protocol::StateId> lost;
  int settled = 0;
  void on_kept(protocol::StateId) override {}
  void on_keep_failed(protocol::StateId, int) override {}
  void on_state_lost(protocol::StateId state) override { lost.push_back(state); }
  void on_went_back(protocol::StateId) override {}
  void on_at(protocol::StateId) override {}
  void on_settled() override { ++settled; }
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
  void keeper_reports(const protocol::KeeperReport& told) {
    FakeCell::write(cell.request, {reinterpret_cast<const char*>(&told), sizeof told});
    settle(loop);
  }
  void keeper_reports_return() {
    keeper_reports({.verb = protocol::KeeperReportVerb::run_over,
                    .run = 1,
                    .state = 2,
                    .end = protocol::RunEnd::returned});
  }
  void measure() {
    pool.on_memory_measured(1, {});
    settle(loop);
  }
  void finish() {
    run_until(loop, [this] { return report.has_value(); });
  }
  void let_a_long_run_return() {
    start(false);
    run_until(loop, [this] { return !maker.lasting.empty(); });
    cell.answer("1");
    keeper_reports_return();
    finish();
  }
  [[nodiscard]] bool replied() const {
    return report && std::holds_alternative<ValueReply>(report->evidence.reply);
  }
  void keeper_reports_idle() {
    keeper_reports({.verb = protocol::KeeperReportVerb::idle, .run = 1, .state = 2});
  }
  // The orders that came after the run's own, whose request is dropped.
  [[nodiscard]] std::vector<protocol::KeeperVerb> further_orders() const {
    std::string bytes(64 * 1024, '\0');
    const ssize_t n = ::read(cell.request.get(), bytes.data(), bytes.size());
    std::vector<protocol::KeeperVerb> verbs;
    protocol::KeeperOrder order;
    std::size_t at = 0;
    while (n > 0 && at + sizeof order <= static_cast<std::size_t>(n)) {
      std::memcpy(&order, bytes.data() + at, sizeof order);
      at += sizeof order + order.request_bytes;
      if (order.verb != protocol::KeeperVerb::run) verbs.push_back(order.verb);
    }
    return verbs;
  }

  RecordingListener listener;
  ExecutionRequest request;
  Interruption interruption;
  std::unique_ptr<SessionCell> held;
  std::optional<server::Run> run;
  std::optional<RunReport> report;
};

}  // namespace forkjail::server
