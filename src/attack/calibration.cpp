#include "attack/calibration.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <vector>

namespace forkjail::attack {
namespace {

namespace json = boost::json;

constexpr std::size_t kRuns = 3;

// Generous for a quiet machine of today, a network on the way included.
constexpr double kNothingSecondsMax = 0.25;
constexpr double kLoopSecondsMax = 0.5;
constexpr double kLoopCpuSecondsMax = 0.4;

constexpr std::string_view kNothing = "def main():\n    return 42\n";
constexpr std::string_view kLoop =
    "def main():\n"
    "    total = 0\n"
    "    for i in range(3_000_000):\n"
    "        total += i & 7\n"
    "    return total\n";
constexpr std::string_view kNothingReturns = "status=200 result=42";
constexpr std::string_view kLoopReturns = "status=200 result=10500000";

Result<std::vector<Observed>> run(const http_client::Deployment& deployment,
                                  std::string_view script, std::string_view expectation) {
  std::vector<Observed> runs;
  for (std::size_t i = 0; i < kRuns; ++i) {
    auto observed =
        deployment.post("/execute", json::object{{"script", script}, {"verbose", true}});
    if (!observed) return observed.error();
    if (!as_expected(expectation, *observed)) {
      return Error{"an honest script", 0, "it was answered with " + seen(*observed, 100)};
    }
    runs.push_back(*std::move(observed));
  }
  return runs;
}

double cpu_seconds(const Observed& observed) {
  const json::object* answer = observed.answer.if_object();
  const json::value* usage = answer == nullptr ? nullptr : answer->if_contains("usage");
  const json::value* cpu =
      usage == nullptr || !usage->is_object() ? nullptr : usage->get_object().if_contains("cpu_ms");
  return cpu != nullptr && cpu->is_number() ? cpu->to_number<double>() / 1'000 : 0;
}

double elapsed_seconds(const Observed& observed) { return observed.elapsed.count(); }

double slowest(std::span<const Observed> runs, double (*seconds)(const Observed&)) {
  double most = 0;
  for (const Observed& run : runs) most = std::max(most, seconds(run));
  return most;
}

}  // namespace

Slowness slowness_of(std::span<const Observed> of_nothing, std::span<const Observed> of_a_loop) {
  const double cpu = slowest(of_a_loop, cpu_seconds) / kLoopCpuSecondsMax;
  return {.wall = std::max({1.0, cpu, slowest(of_nothing, elapsed_seconds) / kNothingSecondsMax,
                            slowest(of_a_loop, elapsed_seconds) / kLoopSecondsMax}),
          .cpu = std::max(1.0, cpu)};
}

Result<Slowness> measure_slowness(const http_client::Deployment& deployment) {
  const auto of_nothing = run(deployment, kNothing, kNothingReturns);
  if (!of_nothing) return of_nothing.error();
  const auto of_a_loop = run(deployment, kLoop, kLoopReturns);
  if (!of_a_loop) return of_a_loop.error();
  return slowness_of(*of_nothing, *of_a_loop);
}

}  // namespace forkjail::attack
