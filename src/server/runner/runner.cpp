#include "server/runner/runner.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "server/observe/syscall_names.h"

namespace forkjail::server {
namespace {

constexpr int kHandOversMax = 2;  // a parked cell may have died a moment ago; not twice in a row

Refused cells_die() {
  return {Refusal::cell_lost, "the cells die before they can run; send the request again", 1};
}

}  // namespace

std::optional<Refused> Runner::refuses_all(const PartyPtr& party) const {
  auto refused = parts_.admission.refuses_all(party);
  return refused ? std::optional(count(*std::move(refused))) : std::nullopt;
}

Refused Runner::count(Refused refused) const {
  parts_.metrics.count_refusal(refused.reason);
  return refused;
}

Task<RunResult> Runner::run(const ExecutionRequest& request, Interruption& interruption,
                            RunEvents* events, Arrival arrival) const {
  const auto flavour = parts_.flavour_hint.flavour_for(request);
  for (int attempt = 0; attempt < kHandOversMax; ++attempt) {
    Admittance admittance = co_await parts_.admission.admit(flavour, interruption, arrival.party);
    if (auto* const refused = std::get_if<Refused>(&admittance)) {
      co_return count(std::move(*refused));
    }
    auto held = std::make_shared<Admitted>(std::get<Admitted>(std::move(admittance)));
    const auto queue_time = Clock::now() - arrival.received_at;
    Run run(parts_.executor, held->cell, request, parts_.options, events);
    RunReport report = co_await run.execute(interruption);
    if (!report.handed_over) continue;
    report.usage.queue_time = std::chrono::duration_cast<std::chrono::microseconds>(queue_time);
    co_return judge(std::move(report), std::move(held));
  }
  co_return count(cells_die());
}

Task<RunResult> Runner::run_held(const HeldRun& run, Interruption& interruption,
                                 Arrival arrival) const {
  Admittance admittance = co_await parts_.admission.admit_held(interruption, arrival.party);
  if (auto* const refused = std::get_if<Refused>(&admittance)) {
    co_return count(std::move(*refused));
  }
  auto held = std::make_shared<Admitted>(std::get<Admitted>(std::move(admittance)));
  const auto queue_time = Clock::now() - arrival.received_at;
  RunReport report = co_await run();
  if (!report.handed_over) co_return count(cells_die());
  report.usage.queue_time = std::chrono::duration_cast<std::chrono::microseconds>(queue_time);
  co_return judge(std::move(report), std::move(held));
}

Finished Runner::judge(RunReport report, std::shared_ptr<Admitted> held) const {
  std::string syscalls = syscall_names(report.refused_syscalls);
  parts_.metrics.count_refused_syscalls(report.refused_syscalls);
  parts_.metrics.time_run(report.usage);
  if (!syscalls.empty()) spdlog::info("a script was refused: {}", syscalls);
  const Evidence& evidence = report.evidence;
  const bool replied = evidence.ended_by == EndedBy::nobody &&
                       (std::holds_alternative<ValueReply>(evidence.reply) ||
                        std::holds_alternative<FailureReport>(evidence.reply));
  Outcome outcome = classify(std::move(report.evidence));
  parts_.metrics.count_run(outcome);
  if (const auto* lost = std::get_if<Lost>(&outcome)) {
    spdlog::error("a run was lost: {}", lost->why);
  }
  return {std::move(outcome), std::move(report), std::move(syscalls), std::move(held), replied};
}

}  // namespace forkjail::server
