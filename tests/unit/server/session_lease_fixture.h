// A parked cell for a session, of a pool whose supervisor the test plays.
#pragma once

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "server/cells/cell_pool.h"
#include "unit/server/fake_cells.h"

namespace forkjail::server {

class SessionLeaseTest : public testing::Test {
 protected:
  // `pipes`: what make_fake_cell() gave, or others in their place.
  CellLease take_lease(std::pair<FakeCell, CellPipeFds> pipes) {
    std::signal(SIGPIPE, SIG_IGN);
    spdlog::set_level(spdlog::level::off);
    pool.on_zygote_ready(protocol::Flavour::session, {});
    cell = std::move(pipes.first);
    pool.on_cell_started(protocol::Flavour::session, 1, ::getpid(), std::move(pipes.second));
    cell.say(protocol::FrameType::parked);
    settle(loop);
    CellLease lease = pool.take(protocol::Flavour::session);
    EXPECT_TRUE(lease);
    return lease;
  }

  Loop loop;
  FakeMaker maker;
  CellPool pool{loop.get_executor(),
                {.parked_target = {0, 0, 1}, .cells_max = 2, .session_cells_max = 2},
                maker};
  FakeCell cell;
};

}  // namespace forkjail::server
