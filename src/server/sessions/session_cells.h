// The cells of sessions as the pool makes them: a cell of its own flavour, held from run to run,
// whose keeper has the states (server/cells/session_cell.h); or, without checkpoints, which is one
// process (process_cell.h).
#pragma once

#include "server/admission/admission.h"
#include "server/cells/cell_pool.h"
#include "server/run/run.h"
#include "server/sessions/held_cell.h"

namespace forkjail::server {

class SessionCells final : public HeldCells {
 public:
  // All outlive it and what it gives.
  SessionCells(const Executor& executor, Admission& admission, const CellPool& pool,
               const RunOptions& options, std::uint64_t memory_bytes_max)
      : executor_(executor),
        admission_(admission),
        pool_(pool),
        options_(options),
        memory_bytes_max_(memory_bytes_max) {}

  Task<std::variant<std::unique_ptr<HeldCell>, Refused>> take(HeldCellEvents& events,
                                                              std::uint64_t memory_bytes,
                                                              Interruption& interruption,
                                                              PartyPtr party) override;
  [[nodiscard]] bool have_checkpoints() const override;

 private:
  Executor executor_;
  Admission& admission_;
  const CellPool& pool_;
  RunOptions options_;
  std::uint64_t memory_bytes_max_;  // what a cell has if nothing less is asked for
};

}  // namespace forkjail::server
