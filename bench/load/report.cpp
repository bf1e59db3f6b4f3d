#include "load/report.h"

#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <string_view>

namespace forkjail::load {
namespace {

// By Failure's values.
constexpr std::array<std::string_view, kFailureKinds> kFailureNames = {
    "connect", "closed", "malformed", "timeout", "unfinished", "queue_full"};

double seconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) * 1e-9; }

double microseconds(std::chrono::nanoseconds time) {
  return std::round(static_cast<double>(time.count()) / 100.0) / 10.0;
}

boost::json::object describe(const Histogram& histogram) {
  return {{"count", histogram.count()},
          {"mean", microseconds(histogram.mean())},
          {"p50", microseconds(histogram.percentile(50))},
          {"p90", microseconds(histogram.percentile(90))},
          {"p99", microseconds(histogram.percentile(99))},
          {"p99.9", microseconds(histogram.percentile(99.9))},
          {"max", microseconds(histogram.max())}};
}

}  // namespace

std::string to_json_line(const Plan& plan, const Measurement& measurement) {
  boost::json::object by_status;
  for (std::size_t status = 0; status < measurement.by_status.size(); ++status) {
    if (measurement.by_status[status] > 0) {
      by_status[std::to_string(status)] = measurement.by_status[status];
    }
  }
  boost::json::object failures;
  for (std::size_t kind = 0; kind < kFailureKinds; ++kind) {
    if (measurement.failures[kind] > 0) failures[kFailureNames[kind]] = measurement.failures[kind];
  }
  const double window_s = seconds(measurement.window);
  boost::json::object line{
      {"loop", plan.open_loop ? "open" : "closed"},
      {"connections", plan.connections},
      {"window_s", window_s},
      {"requests", measurement.requests},
      {"answered_in_window", measurement.answered_in_window},
      {"throughput_per_s",
       window_s > 0 ? static_cast<double>(measurement.answered_in_window) / window_s : 0.0},
      {"latency_us", describe(measurement.latency)},
      {"latency_from_send_us", describe(measurement.latency_from_send)},
      {"by_status", std::move(by_status)},
      {"failures", std::move(failures)},
      {"body_bytes", measurement.body_bytes},
      {"generator_cpu_s", measurement.generator_cpu_s}};
  if (plan.open_loop) {
    line["rate_per_s"] = plan.rate_per_s;
    line["arrivals"] = plan.arrivals == ArrivalKind::kPoisson ? "poisson" : "constant";
  }
  return boost::json::serialize(line);
}

}  // namespace forkjail::load
