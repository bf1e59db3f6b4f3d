// A runner over a pool of fake cells, with what a runner needs.
#pragma once

#include <gtest/gtest.h>

#include "server/runner/runner.h"
#include "unit/server/fake_cells.h"

namespace forkjail::server {

class RunnerFixture : public testing::Test {
 protected:
  explicit RunnerFixture(const AdmissionConfig& config)
      : admission(loop.get_executor(), config, pool) {}

  Loop loop;
  FakeMaker maker;
  CellPool pool{loop.get_executor(), {.parked_target = {2, 0}, .cells_max = 8}, maker};
  Admission admission;
  Metrics metrics;
  FlavourHint hint{""};
  Runner runner{{.executor = loop.get_executor(),
                 .admission = admission,
                 .metrics = metrics,
                 .flavour_hint = hint,
                 .options = {}}};
  ExecutionRequest request;
  Interruption interruption;
};

}  // namespace forkjail::server
