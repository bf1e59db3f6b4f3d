// The parts of a supervisor, put together for a test: the server is a socket, zygotes are fakes,
// and time passes when the test says so. Nothing is jailed; no cgroups, no scratch directories.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_zygote.h"
#include "protocol/packets.h"
#include "protocol/supervisor_channel.h"
#include "supervisor/cell_finisher.h"
#include "supervisor/cell_starter.h"
#include "supervisor/cgroup_cleaner.h"
#include "supervisor/child_reaper.h"
#include "supervisor/fleet.h"
#include "supervisor/keys_file.h"
#include "supervisor/long_runs.h"
#include "supervisor/prover.h"
#include "supervisor/server_channel.h"
#include "supervisor/server_orders.h"
#include "supervisor/watches.h"
#include "supervisor/zygote_channel.h"

namespace forkjail::supervisor {

using namespace std::chrono_literals;
using protocol::Flavour;
using protocol::FrameType;
using protocol::ServerVerb;
using protocol::SupervisorMessage;
using protocol::SupervisorVerb;
using protocol::WarmUp;
using protocol::ZygoteVerb;

struct SentToServer {
  SupervisorMessage message;
  std::string text;
  std::vector<UniqueFd> fds;
};

class SupervisorParts : public testing::Test {
 protected:
  static constexpr std::uint32_t kSlots = 3;
  static constexpr std::uint64_t kMemoryMax = 1'000;

  SupervisorParts() { std::signal(SIGPIPE, SIG_IGN); }

  // ---- the server's side ----

  // What has come; empty if nothing has.
  std::optional<SentToServer> next_sent() {
    if (!is_readable(server_end.get())) return std::nullopt;
    auto packet = receive_packet(server_end.get());
    if (!packet || packet->bytes.empty()) return std::nullopt;
    auto decoded = protocol::decode_supervisor_packet(packet->bytes);
    if (!decoded) return std::nullopt;
    return SentToServer{decoded->message, decoded->text, std::move(packet->fds)};
  }
  // The verbs of all that has come.
  std::vector<SupervisorVerb> sent_verbs() {
    std::vector<SupervisorVerb> verbs;
    while (const auto sent = next_sent()) verbs.push_back(sent->message.verb);
    return verbs;
  }
  void send_order(const protocol::ServerMessage& message) {
    ASSERT_TRUE(send_packet(server_end.get(), protocol::as_wire(message)));
    orders.on_readable();
  }

  // ---- zygotes ----

  Result<std::unique_ptr<ZygoteProcess>> start(const NextZygote& next) {
    started.push_back(next);
    if (start_error) return *start_error;
    fakes.emplace_back();
    return std::make_unique<ZygoteProcess>(fakes.back().launched(), next, time);
  }
  // Of the zygote that was started last.
  [[nodiscard]] ZygoteProcess& zygote() const { return *fleet.all().back(); }
  FakeZygote& fake() { return fakes.back(); }
  void read() { zygotes.on_readable(zygote()); }

  // Starts one whose first cell is cloned and has not said anything.
  void start_proof() {
    fleet.keep();
    fake().send_ready();
    read();
    proof_order = fake().order();
    ASSERT_TRUE(proof_order) << "no order for a first cell";
    proof_cell.emplace();
    fake().send_cloned(*proof_order, *proof_cell);
    read();
    ASSERT_NE(prover.cell_of(zygote()), nullptr);
  }
  // What the proof cell has written is read.
  void read_proof() {
    Cell* cell = prover.cell_of(zygote());
    ASSERT_NE(cell, nullptr);
    prover.on_readable(*cell);
  }
  void park_proof_cell() {
    proof_order->send_frame(FrameType::parked);
    read_proof();
  }
  // Starts one and proves it; its first cell is gone afterwards.
  void serve() {
    start_proof();
    park_proof_cell();
    proof_order->send_frame(FrameType::value, "\"\"");
    read_proof();
    ASSERT_EQ(zygote().state, ZygoteState::ready);
    fake().send_exited(*proof_order);
    read();
  }

  // ---- cells of the zygote that serves ----

  // The server asks for one; the zygote has its order.
  FakeOrder ordered() {
    send_order({.verb = ServerVerb::spawn, .flavour = Flavour::light});
    auto order = fake().order();
    EXPECT_TRUE(order) << "no order to clone";
    return order ? std::move(*order) : FakeOrder{};
  }
  // And it is cloned, and handed to the server.
  FakeOrder cloned(const FakeCell& cell) {
    FakeOrder order = ordered();
    fake().send_cloned(order, cell);
    read();
    return order;
  }
  Cell* find(const FakeOrder& order) { return cells.find(order.message.cell); }

  Clock::time_point time = Clock::now();
  Now now = [this] { return time; };
  std::pair<UniqueFd, UniqueFd> server_sockets = *make_socket_pair();
  UniqueFd server_end = std::move(server_sockets.first);
  std::list<FakeZygote> fakes;
  std::vector<NextZygote> started;
  std::optional<Error> start_error;
  Result<std::vector<protocol::Layer>> layers = std::vector<protocol::Layer>{};
  std::optional<FakeOrder> proof_order;
  std::optional<FakeCell> proof_cell;

  ServerChannel server{std::move(server_sockets.second)};
  MemoryWatch memory_watch{[](pid_t) { return Result<std::uint64_t>(Error{"look", ESRCH, {}}); }};
  AttendedClock attended{time, Watches::kPause};
  CellTable cells{kSlots, {.memory_bytes_max = kMemoryMax, .uid_of_first_slot = 500}};
  Fleet fleet{{.offers_full = false,
               .offers_owners = true,
               .runs_max = 1'000,
               .age_max = std::chrono::minutes(60)},
              [this](const NextZygote& next) { return start(next); },
              cells,
              server,
              now};
  CellStarter starter{true, cells, fleet, server, memory_watch, attended};
  CellFinisher finisher{false, cells, starter, fleet, server, OutsideMemoryKills("", ""), now};
  Prover prover{{.level = protocol::IsolationLevel::fallback,
                 .cgroups_missing = "none here",
                 .memory_bytes_max = kMemoryMax},
                [this](const Cell&) { return layers; },
                cells,
                starter,
                fleet,
                now};
  ZygoteChannel zygotes{cells, fleet, prover, starter, finisher};
  KeysFile keys{"/nowhere/keys", server};
  std::vector<protocol::CellId> put_behind;  // each is said to compute all the time
  std::vector<protocol::CellId> looked_at_again;
  int looks_at_server = 0;
  LongRuns long_runs{
      true,
      cells,
      {.cpu_time = [this](const Cell&) { return CpuCredit::Time{time.time_since_epoch() / 1us}; },
       .put =
           [this](const Cell& cell, bool) {
             put_behind.push_back(cell.id);
             return ok_status();
           },
       .look_again =
           [this](const Cell& cell) {
             looked_at_again.push_back(cell.id);
             return ok_status();
           },
       .look_again_at_server =
           [this] {
             ++looks_at_server;
             return ok_status();
           },
       .recover_server = [] { return ok_status(); }},
      now};
  ServerOrders orders{server, cells, fleet, starter, keys, long_runs};
  Watches watches{{}, cells, fleet, starter, finisher, memory_watch, attended, now};
};

// And the part that reaps children: SIGCHLD is blocked as long as the test runs.
class ReapingParts : public SupervisorParts {
 protected:
  ReapingParts() { ::sigprocmask(SIG_BLOCK, nullptr, &mask_before); }
  ~ReapingParts() override { ::sigprocmask(SIG_SETMASK, &mask_before, nullptr); }

  sigset_t mask_before{};
  CgroupCleaner cleaner;
  ChildReaper children{*ChildReaper::block_signals(),
                       fleet,
                       cells,
                       finisher,
                       zygotes,
                       server,
                       nullptr,
                       cleaner,
                       now};
};

}  // namespace forkjail::supervisor
