// What became of a run, decided by one pure function: first why the server ended it, then a
// complete reply, then the kernel's evidence; a broken reply only if no limit explains it.
// outcome_test.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/limits.h"
#include "protocol/failure.h"
#include "server/cells/cell_end.h"
#include "server/run/failure_report.h"

namespace forkjail::server {

// Why the server ended a cell, if it did so before the run had ended by itself.
enum class EndedBy {
  nobody,  // it was left alone until its reply was complete
  wall_time,
  cpu_time,
  output_flood,
  client_gone,
  shutdown,
  interrupt_request,  // of a session
};

// The cell's last word on its reply pipe.
struct NoReply {};
struct ValueReply {};  // its JSON was checked and lies with the run
struct Tampered {
  std::string how;
};
using Reply = std::variant<NoReply, ValueReply, FailureReport, Tampered>;

struct Evidence {
  Reply reply;
  EndedBy ended_by = EndedBy::nobody;
  bool outlived_reply =
      false;                   // its reply pipe ended without a frame, and the server had it killed
  bool calls_main = true;      // in mode `main`; the other modes end with the script
  std::optional<CellEnd> end;  // nothing: the cell was not waited for
  std::chrono::microseconds cpu_time{0};  // of the run itself, without the warm-up
  RunLimits limits;
};

struct Returned {};  // main() returned; its value is the run's reply

// The script's own fault.
struct Failed {
  protocol::FailureKind kind{};
  std::string error;  // one line
  FailureReport report;
};

// Ended for a reason that is neither the script's nor the service's fault.
struct Interrupted {
  EndedBy by = EndedBy::shutdown;
};

// Not the script's: the run is lost. The client may be told to try again if the
// service did not cause the loss.
struct Lost {
  std::string why;
  bool try_again = false;
};

using Outcome = std::variant<Returned, Failed, Interrupted, Lost>;

[[nodiscard]] Outcome classify(Evidence evidence);

}  // namespace forkjail::server
