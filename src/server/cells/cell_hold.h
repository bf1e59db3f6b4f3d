// What a run is given of the cell that it runs in: a cell for itself (CellLease) or a session's
// (SessionCell). A run reads the cell's pipes and writes its request; everything else is here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/cells/cell.h"

namespace forkjail::server {

class CellHold {
 public:
  [[nodiscard]] virtual Cell& cell() const = 0;
  // What goes ahead of a request of so many bytes, in the same pipe.
  [[nodiscard]] virtual std::string ahead_of_request(std::uint64_t /*bytes*/) { return {}; }
  // All of it is written.
  virtual void on_request_written() {}
  // Ends the run now, whatever it does; Cell::end() follows. The pipes can be read to their end.
  virtual void end_run() = 0;
  // How it ended, once that is known.
  [[nodiscard]] virtual std::optional<CellEnd> end_of_run() const { return cell().end(); }
  // It is not a short run: where the kernel can, short ones go ahead of it for the processor.
  virtual void run_lasts() = 0;
  // It seems to wait for a processor while others last.
  virtual void run_waits() = 0;
  // After run_lasts(): it is over. A cell that lives on gets its place back.
  virtual void long_run_over() {}
  // Asks for a lower memory limit; CellObserver::on_memory_limited follows.
  virtual void limit_memory(std::uint64_t bytes) = 0;

 protected:
  ~CellHold() = default;
};

}  // namespace forkjail::server
