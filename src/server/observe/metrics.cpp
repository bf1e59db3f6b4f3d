#include "server/observe/metrics.h"

#include <algorithm>

namespace forkjail::server {
namespace {

std::size_t outcome_index(const Outcome& outcome) {
  if (std::holds_alternative<Returned>(outcome)) return kOutcomeReturned;
  if (std::holds_alternative<Interrupted>(outcome)) return kOutcomeInterrupted;
  const auto* failed = std::get_if<Failed>(&outcome);
  if (failed == nullptr) return kOutcomeLost;
  return kOutcomeFirstFailure + static_cast<std::size_t>(failed->kind);
}

}  // namespace

void SecondsHistogram::observe(std::chrono::microseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  ++count_;
  sum_seconds_ += seconds;
  const auto bound = std::ranges::lower_bound(kBounds, seconds);
  if (bound != kBounds.end()) ++buckets_.at(static_cast<std::size_t>(bound - kBounds.begin()));
}

std::string_view outcome_name(std::size_t index) {
  if (index == kOutcomeReturned) return "returned";
  if (index == kOutcomeInterrupted) return "interrupted";
  if (index == kOutcomeLost) return "lost";
  return name_of(static_cast<protocol::FailureKind>(index - kOutcomeFirstFailure));
}

void Metrics::count_run(const Outcome& outcome) { ++runs_.at(outcome_index(outcome)); }

void Metrics::time_run(const RunUsage& usage) {
  wall_.observe(usage.wall_time);
  cpu_.observe(usage.cpu_time);
  queue_.observe(usage.queue_time);
}

void Metrics::count_refused_syscalls(std::span<const std::uint32_t> numbers) {
  for (const std::uint32_t number : numbers) {
    ++refused_syscalls_[std::min(number, kSyscallNumberMax + 1)];
  }
}

}  // namespace forkjail::server
