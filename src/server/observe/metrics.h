// What the service counts: plain numbers that the loop's one thread increments on the way. They
// become Prometheus' metrics when they are read (metrics_page.h); until then they cost an addition
// each.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>

#include "protocol/failure.h"
#include "protocol/flavour.h"
#include "server/admission/refusal.h"
#include "server/run/outcome.h"
#include "server/run/run_report.h"

namespace forkjail::server {

// A histogram of seconds. The bounds are the same for all three: from a parked cell's answer to a
// hello (0.2 ms) to the wall limit.
class SecondsHistogram {
 public:
  static constexpr std::array kBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                      0.25,   0.5,   1.0,    2.5,   5.0,  10.0,  30.0};

  void observe(std::chrono::microseconds time);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] double sum_seconds() const { return sum_seconds_; }
  // Of each bound, those at or below it and above the one before; the rest is in count() alone.
  [[nodiscard]] const std::array<std::uint64_t, kBounds.size()>& buckets() const {
    return buckets_;
  }

 private:
  std::array<std::uint64_t, kBounds.size()> buckets_{};
  std::uint64_t count_ = 0;
  double sum_seconds_ = 0;
};

// What became of a run: `returned`, a FailureKind, or one of ours.
inline constexpr std::size_t kOutcomeReturned = 0;
inline constexpr std::size_t kOutcomeInterrupted = 1;
inline constexpr std::size_t kOutcomeLost = 2;
inline constexpr std::size_t kOutcomeFirstFailure = 3;
inline constexpr std::size_t kOutcomes = kOutcomeFirstFailure + protocol::kFailureKinds.size();
[[nodiscard]] std::string_view outcome_name(std::size_t index);

class Metrics {
 public:
  static constexpr std::uint32_t kSyscallNumberMax = 511;  // above: a cell's invention

  void count_run(const Outcome& outcome);
  void time_run(const RunUsage& usage);
  // What a cell says it was refused: hostile, so only numbers that can be calls are kept apart.
  void count_refused_syscalls(std::span<const std::uint32_t> numbers);
  void count_refusal(Refusal refusal) { ++refusals_.at(static_cast<std::size_t>(refusal)); }
  void count_zygote_start(protocol::Flavour flavour) { ++zygote_starts_[flavour]; }

  [[nodiscard]] const std::array<std::uint64_t, kOutcomes>& runs() const { return runs_; }
  [[nodiscard]] const SecondsHistogram& wall() const { return wall_; }
  [[nodiscard]] const SecondsHistogram& cpu() const { return cpu_; }
  [[nodiscard]] const SecondsHistogram& queue() const { return queue_; }
  // By number; kSyscallNumberMax + 1 holds the invented ones.
  [[nodiscard]] const std::map<std::uint32_t, std::uint64_t>& refused_syscalls() const {
    return refused_syscalls_;
  }
  [[nodiscard]] std::uint64_t refusals(Refusal refusal) const {
    return refusals_.at(static_cast<std::size_t>(refusal));
  }
  [[nodiscard]] const protocol::PerFlavour<std::uint64_t>& zygote_starts() const {
    return zygote_starts_;
  }

 private:
  std::array<std::uint64_t, kOutcomes> runs_{};
  SecondsHistogram wall_;
  SecondsHistogram cpu_;
  SecondsHistogram queue_;
  std::map<std::uint32_t, std::uint64_t> refused_syscalls_;
  std::array<std::uint64_t, kRefusals.size()> refusals_{};
  protocol::PerFlavour<std::uint64_t> zygote_starts_;
};

}  // namespace forkjail::server
