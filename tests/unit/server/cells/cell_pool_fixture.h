// A pool of cells that the test plays by hand.
#pragma once

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "server/cells/cell_pool.h"
#include "unit/server/fake_cells.h"

namespace forkjail::server {

class CellPoolTest : public testing::Test {
 protected:
  ~CellPoolTest() override { loop.destroy_pending(); }
  void SetUp() override { spdlog::set_level(spdlog::level::off); }

  explicit CellPoolTest(const protocol::PerFlavour<std::uint32_t>& parked_target = {2, 0})
      : config{.parked_target = parked_target,
               .cells_max = 4,
               .making_max = 2,
               .making_times = {
                   .answer_usual = kUsual, .answer_max = kShort, .warming_max = kShort}} {}

  static constexpr std::chrono::milliseconds kUsual{100};
  static constexpr std::chrono::milliseconds kShort{300};

  FakeCell start_cell(protocol::CellId id, protocol::Flavour flavour = protocol::Flavour::light) {
    auto [cell, fds] = make_fake_cell();
    pool.on_cell_started(flavour, id, 0, std::move(fds));
    return std::move(cell);
  }
  FakeCell park_cell(protocol::CellId id, protocol::Flavour flavour = protocol::Flavour::light) {
    FakeCell cell = start_cell(id, flavour);
    cell.say(protocol::FrameType::parked);
    settle(loop);
    return cell;
  }

  Loop loop;
  FakeMaker maker;
  CellPoolConfig config;
  CellPool pool{loop.get_executor(), config, maker};
};

}  // namespace forkjail::server
