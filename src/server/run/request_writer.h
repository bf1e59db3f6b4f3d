// Writes one request into the pipe of its cell: a header, and the parts that it announces
// (protocol/run_frames.h). Part of a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "protocol/run_frames.h"
#include "server/cells/cell_hold.h"
#include "server/run/execution_request.h"

namespace forkjail::server {

class RequestWriter {
 public:
  // `request` outlives it.
  RequestWriter(const ExecutionRequest& request, CellHold& hold);

  enum class Progress : std::uint8_t {
    whole,      // all of it is in the pipe
    partial,    // more can be written once there is room
    cell_gone,  // none of the script has run: a cell starts it when it has read all of the request
  };
  // As much as the pipe takes at once: while a cell reads what follows, others have their turn.
  [[nodiscard]] Progress write(Cell& cell);

 private:
  const ExecutionRequest& request_;
  protocol::RunRequestHeader header_;
  std::string ahead_;  // what the cell's holder sends before it
  std::size_t bytes_;
  std::size_t sent_ = 0;
};

}  // namespace forkjail::server
