// A load run: one thread, one epoll, a plan in and a measurement out.
//
// Closed loop: each connection sends its next request when the answer to the last one is in. Shows
// the peak throughput; its latencies say nothing about a target that is offered more than it takes.
// With a think time each waits for so long first: a client that is alone with an idle target.
// Open loop: requests are due at moments fixed beforehand, whatever the target does. Latency counts
// from the moment a request was due, not from when a connection was free to send it, so a stall of
// the target is charged to every request that waited for it (no coordinated omission).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "load/arrivals.h"
#include "load/connection.h"
#include "load/histogram.h"
#include "load/target.h"

namespace forkjail::load {

inline constexpr unsigned kConnectionsMax = 1024;
inline constexpr double kRateMax = 200'000;
inline constexpr std::size_t kPendingMax = 100'000;  // open loop: requests due and not yet sent

struct Plan {
  Target target;
  RequestText request;
  bool open_loop = false;
  ArrivalKind arrivals = ArrivalKind::kPoisson;
  double rate_per_s = 0;  // open loop
  unsigned connections = 1;
  std::chrono::nanoseconds think_time{0};  // closed loop: from an answer to the next request
  std::chrono::nanoseconds warmup{0};      // same load, not counted
  std::chrono::nanoseconds duration{0};
  std::chrono::nanoseconds timeout{0};  // for a request, and for what is left at the end
  std::uint64_t requests_max = 0;
  int expected_status = 200;
  std::uint64_t seed = 1;
};

// What belongs to the window: a request that was due (closed loop: sent) in it, whenever its answer
// came. Only throughput counts answers by when they came.
struct Measurement {
  Histogram latency;            // of expected answers, timeouts and unfinished requests
  Histogram latency_from_send;  // the same, from the moment of sending: to compare
  std::array<std::uint64_t, 600> by_status{};
  std::array<std::uint64_t, kFailureKinds> failures{};
  std::uint64_t answered_in_window = 0;  // with the expected status
  std::uint64_t requests = 0;            // of the window
  std::uint64_t body_bytes = 0;
  std::chrono::nanoseconds window{0};  // shorter than the plan's when requests_max ended it
  double generator_cpu_s = 0;          // of this process, warm-up included
};

Result<Measurement> run_load(const Plan& plan);

// For a signal handler: the run that is under way ends now, with what it has measured by then.
void stop_load();

}  // namespace forkjail::load
