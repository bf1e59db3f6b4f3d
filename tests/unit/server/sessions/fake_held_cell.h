// A session's cell that a test plays by hand: it says how each run ends, and sees what was ordered.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/sessions/held_cell.h"
#include "server/sessions/session_store.h"
#include "unit/loop/settle.h"
#include "unit/server/runner_fixture.h"

namespace forkjail::server {

// What outlives a fake cell: what it was told, and how its runs end.
struct HeldCellRecord {
  HeldCellEvents* events = nullptr;
  std::vector<std::string> orders;  // "run 1>2", "drop 1", "go_to 1", "end"
  // How a run ends: at once if there is a reply, else when it is interrupted.
  std::optional<Reply> reply = ValueReply{};
  bool ended = false;
  StateId kept_unread = 0;   // reported as kept; told by catch_up()
  StateId gone = 0;          // runs that start from it are not begun
  bool keeps_early = false;  // the new state is reported as kept before the reply is read
  bool settled = true;
};

class FakeHeldCell final : public HeldCell {
 public:
  FakeHeldCell(const Executor& executor, std::shared_ptr<HeldCellRecord> record)
      : executor_(executor), record_(std::move(record)) {}

  Task<RunReport> run(const ExecutionRequest&, StateId from, StateId new_state,
                      Interruption& interruption, RunEvents*) override {
    record_->orders.push_back("run " + std::to_string(from) + ">" + std::to_string(new_state));
    Timer timer(executor_, Clock::time_point::max());
    const auto listening = interruption.listen([&timer](InterruptReason) { timer.cancel(); });
    RunReport report;
    state_was_gone_ = from == record_->gone;
    if (state_was_gone_) {
      report.handed_over = false;
    } else if (record_->reply) {
      report.evidence.reply = *record_->reply;
      if (record_->keeps_early) record_->events->on_kept(new_state);
    } else if (!interruption.raised()) {
      co_await timer.async_wait(use_task);
      report.evidence.ended_by = EndedBy::interrupt_request;
    }
    co_return report;
  }
  [[nodiscard]] bool state_was_gone() const override { return state_was_gone_; }
  [[nodiscard]] bool is_settled() const override { return record_->settled; }
  void catch_up() override {
    if (record_->kept_unread != 0) record_->events->on_kept(std::exchange(record_->kept_unread, 0));
  }
  void drop(StateId state) override { record_->orders.push_back("drop " + std::to_string(state)); }
  void go_to(StateId state) override {
    record_->orders.push_back("go_to " + std::to_string(state));
  }
  void end() override {
    record_->orders.emplace_back("end");
    record_->ended = true;
  }

 private:
  Executor executor_;
  std::shared_ptr<HeldCellRecord> record_;
  bool state_was_gone_ = false;
};

class FakeHeldCells final : public HeldCells {
 public:
  explicit FakeHeldCells(const Executor& executor) : executor_(executor) {}

  Task<std::variant<std::unique_ptr<HeldCell>, Refused>> take(HeldCellEvents& events, std::uint64_t,
                                                              Interruption&, PartyPtr) override {
    if (refused) co_return *refused;
    records.push_back(std::make_shared<HeldCellRecord>());
    records.back()->events = &events;
    co_return std::make_unique<FakeHeldCell>(executor_, records.back());
  }

  [[nodiscard]] bool have_checkpoints() const override { return keeps; }

  bool keeps = true;
  std::optional<Refused> refused;
  std::vector<std::shared_ptr<HeldCellRecord>> records;  // of the cells in order of making

 private:
  Executor executor_;
};

// A store over such cells.
class SessionsTest : public RunnerFixture {
 protected:
  explicit SessionsTest(const SessionConfig& chosen = small_config())
      : RunnerFixture({.running_max = 4}), config(chosen) {}
  ~SessionsTest() override { loop.destroy_pending(); }

  static SessionConfig small_config() {
    SessionConfig config;
    config.sessions_max = 2;
    config.states_max = 3;
    config.queue_max = 1;
    config.instance_name = "here";
    return config;
  }

  using Made = std::variant<std::shared_ptr<Session>, Refused>;
  Made try_create(const std::string& owner = {}) {
    std::optional<Made> made;
    asio::co_spawn(
        loop,
        [&]() -> Task<void> {
          made = co_await store.create(owner, config.limits, interruption, owner_max);
        },
        asio::detached);
    run_until(loop, [&] { return made.has_value(); });
    return *std::move(made);
  }
  std::shared_ptr<Session> create(const std::string& owner = {}) {
    return std::get<std::shared_ptr<Session>>(try_create(owner));
  }

  // The result appears in results[n] once the run is over.
  void start(const std::shared_ptr<Session>& session, RunKind kind = RunKind::script) {
    const std::size_t n = results.size();
    results.emplace_back();
    asio::co_spawn(
        loop,
        [this, session, kind, n, asked = request]() -> Task<void> {
          results[n] = co_await session->run(asked, kind, interruption, nullptr, Clock::now());
        },
        asio::detached);
    settle(loop);
  }
  // Starts a run that ends at once, and gives its slot back. The state's name, or what else came.
  std::string run(const std::shared_ptr<Session>& session, RunKind kind = RunKind::script) {
    start(session, kind);
    return outcome(results.size() - 1);
  }
  std::string outcome(std::size_t n) {
    if (!results.at(n)) return "runs";
    if (const auto* refused = std::get_if<Refused>(&*results[n])) return refused->why;
    if (const auto* refusal = std::get_if<SessionRefusal>(&*results[n])) {
      return *refusal == SessionRefusal::busy             ? "busy"
             : *refusal == SessionRefusal::unknown_state  ? "unknown state"
             : *refusal == SessionRefusal::lost_state     ? "lost state"
             : *refusal == SessionRefusal::no_checkpoints ? "no checkpoints"
                                                          : "ended";
    }
    auto& [run, state] = std::get<SessionRun>(*results[n]);
    run.held->give_back();
    return state ? name_of_state(*state) : "no state";
  }

  SessionConfig config;
  FakeHeldCells cells{loop.get_executor()};
  SessionStore store{
      {.executor = loop.get_executor(), .runner = runner, .cells = cells, .hash_secret = {1, 2}},
      config};
  std::uint32_t owner_max = PartyTerms::kUnlimited;  // sessions of one owner
  std::deque<std::optional<SessionResult>> results;
};

}  // namespace forkjail::server
