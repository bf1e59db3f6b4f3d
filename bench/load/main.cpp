// forkjail-load: offers one request over and over to a server on this machine and prints what came
// of it as one line of JSON. See load_run.h for the two loops. SIGTERM ends the measurement
// earlier.
#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "load/load_run.h"
#include "load/report.h"

namespace {

namespace load = forkjail::load;

constexpr std::size_t kBodyBytesMax = 16 * 1024 * 1024;

struct Flags {
  std::string url;
  std::string body_file;
  std::string header;
  std::string arrivals = "poisson";
  double rate_per_s = 0;
  double seconds = 3;
  double warmup_s = 0.5;
  double timeout_s = 40;
  double think_time_s = 0;
  load::Plan plan;
};

void declare(CLI::App& app, Flags& flags) {
  app.add_option("--url", flags.url, "http://127.0.0.1:PORT/PATH; loopback only")->required();
  app.add_option("--body", flags.body_file, "file with the body of a POST; without it, a GET")
      ->check(CLI::ExistingFile);
  app.add_option("--header", flags.header, "one more header line, e.g. \"X-Key: k\"");
  app.add_option("--connections", flags.plan.connections, "at most this many at a time")
      ->check(CLI::Range(1U, load::kConnectionsMax));
  app.add_option("--rate", flags.rate_per_s, "open loop with so many requests per second")
      ->check(CLI::Range(0.01, load::kRateMax));
  app.add_option("--arrivals", flags.arrivals, "of the open loop")
      ->check(CLI::IsMember({"poisson", "constant"}));
  app.add_option("--think-time", flags.think_time_s,
                 "closed loop: seconds from an answer to the next request of its connection")
      ->check(CLI::Range(0.0, 60.0));
  app.add_option("--seconds", flags.seconds, "how long to measure")
      ->check(CLI::Range(0.01, 3600.0));
  app.add_option("--warmup", flags.warmup_s, "seconds of the same load before, not counted")
      ->check(CLI::Range(0.0, 600.0));
  app.add_option("--timeout", flags.timeout_s, "seconds for one request")
      ->check(CLI::Range(0.01, 120.0));
  flags.plan.requests_max = 10'000'000;
  app.add_option("--requests-max", flags.plan.requests_max, "stop after so many, warm-up included")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  app.add_option("--expect-status", flags.plan.expected_status, "what counts as an answer")
      ->check(CLI::Range(200, 599));
  app.add_option("--seed", flags.plan.seed, "of the Poisson arrivals");
}

std::chrono::nanoseconds from_seconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(seconds));
}

forkjail::Result<load::Plan> make_plan(const Flags& flags) {
  load::Plan plan = flags.plan;
  auto target = load::parse_target(flags.url);
  if (!target) return target.error();
  plan.target = *target;

  if (flags.header.find_first_of("\r\n") != std::string::npos) {
    return forkjail::Error{"read --header", 0, "holds a line break"};
  }
  std::string body;
  if (!flags.body_file.empty()) {
    std::ifstream file(flags.body_file, std::ios::binary);
    body.assign(std::istreambuf_iterator<char>(file), {});
    if (!file || body.empty() || body.size() > kBodyBytesMax) {
      return forkjail::Error{"read --body", 0, "unreadable, empty or above 16 MB"};
    }
  }
  plan.request = load::make_request(plan.target, body, flags.header);
  plan.open_loop = flags.rate_per_s > 0;
  plan.rate_per_s = flags.rate_per_s;
  plan.arrivals =
      flags.arrivals == "poisson" ? load::ArrivalKind::kPoisson : load::ArrivalKind::kConstant;
  plan.warmup = from_seconds(flags.warmup_s);
  plan.duration = from_seconds(flags.seconds);
  plan.timeout = from_seconds(flags.timeout_s);
  plan.think_time = from_seconds(flags.think_time_s);
  return plan;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Offers load to a server on this machine");
  Flags flags;
  declare(app, flags);
  CLI11_PARSE(app, argc, argv);
  const auto plan = make_plan(flags);
  if (!plan) {
    std::cerr << "forkjail-load: " << plan.error().to_string() << '\n';
    return 2;
  }
  std::signal(SIGTERM, [](int) { load::stop_load(); });
  const auto measurement = load::run_load(*plan);
  if (!measurement) {
    std::cerr << "forkjail-load: " << measurement.error().to_string() << '\n';
    return 1;
  }
  std::cout << load::to_json_line(*plan, *measurement) << '\n';
  return std::cout.flush() ? 0 : 1;
}
