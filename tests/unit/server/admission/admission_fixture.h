// Admission over a pool of fake cells, played by hand.
#pragma once

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <deque>

#include "server/admission/admission.h"
#include "unit/server/fake_cells.h"

namespace forkjail::server {

using namespace std::chrono_literals;
using protocol::Flavour;

class AdmissionTest : public testing::Test {
 protected:
  ~AdmissionTest() override { loop.destroy_pending(); }
  void SetUp() override {
    spdlog::set_level(spdlog::level::off);
    for (const auto& row : protocol::kFlavours) pool.on_zygote_ready(row.flavour, {});
  }
  void park_cell(Flavour flavour = Flavour::light) {
    auto [cell, fds] = make_fake_cell();
    pool.on_cell_started(flavour, ++last_id, 0, std::move(fds));
    cell.say(protocol::FrameType::parked);
    cells.push_back(std::move(cell));
    settle(loop);
  }
  // The answer appears at answers[n] once there is one.
  void ask(Flavour flavour = Flavour::light, const PartyPtr& party = nullptr) {
    const std::size_t n = answers.size();
    answers.emplace_back();
    asio::co_spawn(
        loop,
        [this, n, flavour, party]() -> Task<void> {
          answers[n] = co_await admission.admit(flavour, interruption, party);
        },
        asio::detached);
    settle(loop);
  }
  // Likewise, for a run in a cell that is held.
  void ask_held() {
    const std::size_t n = answers.size();
    answers.emplace_back();
    asio::co_spawn(
        loop,
        [this, n]() -> Task<void> { answers[n] = co_await admission.admit_held(interruption); },
        asio::detached);
    settle(loop);
  }
  [[nodiscard]] bool admitted(std::size_t n) {
    return answers[n] && std::holds_alternative<Admitted>(*answers[n]);
  }
  // As an answer does when it was sent.
  void finish_later(std::size_t n) {
    admission.finish_later([admitted = std::make_shared<Admitted>(std::move(
                                std::get<Admitted>(*answers[n])))] { admitted->give_back(); });
  }
  [[nodiscard]] std::string refusal(std::size_t n) {
    return std::get<Refused>(answers[n].value()).why;
  }

  Loop loop;
  FakeMaker maker;
  CellPool pool{loop.get_executor(), {.parked_target = {4, 1}, .cells_max = 8}, maker};
  Admission admission{
      loop.get_executor(), {.running_max = 2, .queue_max = 2, .queue_time_max = 50ms}, pool};
  std::vector<FakeCell> cells;
  protocol::CellId last_id = 0;
  Interruption interruption;
  std::deque<std::optional<Admittance>> answers;
};

}  // namespace forkjail::server
