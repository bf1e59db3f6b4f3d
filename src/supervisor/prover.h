// Whether a new zygote may serve: its first cell is inspected from outside (proof.h), then gets the
// canary attacks as its script (canaries.h). Only when both held does the zygote serve.
//
// Supervisor, in its loop, and never blocks: each call takes what has come and returns. How far a
// proof has come is kept with its cell (ProofProgress); the zygote's start time (fleet.h) bounds
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/zygote_report.h"
#include "supervisor/cell_starter.h"
#include "supervisor/cell_table.h"
#include "supervisor/clock.h"
#include "supervisor/fleet.h"
#include "supervisor/zygote_process.h"

namespace forkjail::supervisor {

class Prover {
 public:
  // Looks at a parked cell from outside: the layers in force, or the first that is not.
  using Inspect = std::function<Result<std::vector<protocol::Layer>>(const Cell&)>;
  struct Options {
    protocol::IsolationLevel level{};
    std::string cgroups_missing{};  // why there are none; empty where there are
    std::uint64_t memory_bytes_max = 0;
    bool never_serves = false;  // a test left a step out: that nothing noticed is a failure
  };

  Prover(Options options, Inspect inspect, CellTable& cells, CellStarter& starter, Fleet& fleet,
         Now now)
      : options_(std::move(options)),
        inspect_(std::move(inspect)),
        cells_(cells),
        starter_(starter),
        fleet_(fleet),
        now_(std::move(now)) {}

  // The zygote reported that it can clone: orders its first cell.
  void on_ready(ZygoteProcess& zygote, pid_t pid, protocol::ZygoteReport packages);

  // The cell whose pipes are to be polled; null if this zygote has none. Its reply pipe is to be
  // read, and its request pipe to be written while a part of the request is unsent.
  [[nodiscard]] Cell* cell_of(const ZygoteProcess& zygote) const;
  void on_readable(Cell& cell);
  void on_writable(Cell& cell);

 private:
  void on_parked(Cell& cell, const Frame& frame);
  void on_verdict(Cell& cell, const Frame& frame);
  void on_reply_ended(const Cell& cell, const Error& error);

  Options options_;
  Inspect inspect_;
  CellTable& cells_;
  CellStarter& starter_;
  Fleet& fleet_;
  Now now_;
};

}  // namespace forkjail::supervisor
