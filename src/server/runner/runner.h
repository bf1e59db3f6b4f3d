// The one way to run a script, for every form of answer: waits for the right to run, hands the
// request to a cell, follows the run, judges it and counts it. What came before (reading and
// checking a request) and what comes after (the form of an answer) is the presenter's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "loop/interruption.h"
#include "loop/loop.h"
#include "server/admission/admission.h"
#include "server/observe/metrics.h"
#include "server/run/flavour_hint.h"
#include "server/run/run.h"
#include "server/run/run_events.h"

namespace forkjail::server {

// A run that began and is over.
struct Finished {
  Outcome outcome;
  RunReport report;
  std::string refused_syscalls;    // their names, by commas; empty: none
  std::shared_ptr<Admitted> held;  // the right to run and the cell, until they are given back
  bool replied = false;            // the script came to its end by itself, and its process lives on
};

using RunResult = std::variant<Finished, Refused>;

// Where a request came from: since when it has waited, and on whose behalf it runs.
struct Arrival {
  Arrival(Clock::time_point when, PartyPtr whose = nullptr)  // NOLINT(*-explicit-*)
      : received_at(when), party(std::move(whose)) {}

  Clock::time_point received_at;
  PartyPtr party;  // null: of nobody who is told apart
};

class Runner {
 public:
  struct Parts {
    Executor executor;
    Admission& admission;
    Metrics& metrics;
    const FlavourHint& flavour_hint;
    RunOptions options;
  };
  // The parts outlive the runner.
  explicit Runner(Parts parts) : parts_(parts) {}

  // Why every request is refused that comes now, before anything is done for it; counted. Empty: it
  // depends on the request.
  [[nodiscard]] std::optional<Refused> refuses_all(const PartyPtr& party = nullptr) const;
  // Counts a refusal that a presenter decides on.
  [[nodiscard]] Refused count(Refused refused) const;

  // `events`: null if there is no listener. All outlive the call.
  Task<RunResult> run(const ExecutionRequest& request, Interruption& interruption,
                      RunEvents* events, Arrival arrival) const;

  // In a cell that is held already: waits for the right to run alone, and `run` does the rest.
  using HeldRun = std::function<Task<RunReport>()>;
  Task<RunResult> run_held(const HeldRun& run, Interruption& interruption, Arrival arrival) const;

 private:
  [[nodiscard]] Finished judge(RunReport report, std::shared_ptr<Admitted> held) const;

  Parts parts_;
};

}  // namespace forkjail::server
