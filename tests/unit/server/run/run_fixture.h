// A run in a cell that the test plays by hand.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <csignal>

#include "server/cells/cell_pool.h"
#include "server/run/run.h"
#include "unit/server/fake_cells.h"

namespace forkjail::server {

// A client with or without room.
struct Listener final : RunEvents {
  void on_begin() override { ++begun; }
  void on_output(OutputStream stream, std::string_view bytes) override {
    (stream == OutputStream::out ? out : err).append(bytes);
  }
  void on_display(std::string_view) override {}
  [[nodiscard]] bool has_room() const override { return room; }
  void make_room() {
    room = true;
    room_again();
  }
  int begun = 0;
  bool room = true;
  std::string out;
  std::string err;
};

class RunTest : public testing::Test {
 protected:
  ~RunTest() override { loop.destroy_pending(); }
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    spdlog::set_level(spdlog::level::off);
    pool.on_zygote_ready(protocol::Flavour::light, {});
    auto [fake, fds] = make_fake_cell();
    cell = std::move(fake);
    pool.on_cell_started(protocol::Flavour::light, 1, 0, std::move(fds));
    cell.say(protocol::FrameType::parked);
    settle(loop);
    lease = pool.take(protocol::Flavour::light);
    ASSERT_TRUE(lease);
    request.script = "def main(): pass";
  }

  void start() {
    run.emplace(loop.get_executor(), lease, request, options, events);
    asio::co_spawn(
        loop, [this]() -> Task<void> { report = co_await run->execute(interruption); },
        asio::detached);
    settle(loop);
  }
  void finish() {
    run_until(loop, [this] { return report.has_value(); });
  }
  void end_of_cell(CellEnd end = {.wait_status = SIGKILL, .status_known = true}) {
    cell.die();
    pool.on_cell_ended(1, end);
  }
  [[nodiscard]] bool was_ended() const { return !maker.ended.empty(); }
  // Writes to stdout without end until the run is ended for it.
  void flood_until_ended() {
    ASSERT_EQ(::fcntl(cell.out.get(), F_SETFL, O_NONBLOCK), 0);
    ASSERT_GT(::fcntl(cell.out.get(), F_SETPIPE_SZ, kMiB), 0);
    const std::string block(kMiB, 'x');
    run_until(loop, [&] {
      while (::write(cell.out.get(), block.data(), block.size()) > 0) settle(loop);
      return was_ended();
    });
    end_of_cell();
    finish();
  }

  Loop loop;
  FakeMaker maker;
  CellPool pool{loop.get_executor(), {.parked_target = 1}, maker};
  FakeCell cell;
  CellLease lease;
  ExecutionRequest request;
  RunOptions options;
  Interruption interruption;
  Listener listener;
  RunEvents* events = nullptr;
  std::optional<server::Run> run;  // qualified: testing::Test has a Run too
  std::optional<RunReport> report;
};

}  // namespace forkjail::server
