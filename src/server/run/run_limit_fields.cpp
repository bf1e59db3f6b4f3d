#include "server/run/run_limit_fields.h"

#include <array>
#include <cmath>

#include "json/text.h"

namespace forkjail::server {
namespace {

std::chrono::milliseconds milliseconds_of(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
}

constexpr double kMegabyte = static_cast<double>(kMiB);

constexpr std::array kLimits{
    RunLimitRow{"wall_time_s", "Seconds from start to end.", 0.001, false,
                [](const RunLimits& l) { return static_cast<double>(l.wall_time.count()) / 1000; },
                [](RunLimits& l, double s) { l.wall_time = milliseconds_of(s); }},
    RunLimitRow{"cpu_time_s", "Seconds of CPU time, of all threads together.", 0.001, false,
                [](const RunLimits& l) { return static_cast<double>(l.cpu_time.count()) / 1000; },
                [](RunLimits& l, double s) { l.cpu_time = milliseconds_of(s); }},
    RunLimitRow{"memory_mb", "Megabytes of the script's own, on top of the preloaded libraries.", 1,
                false,
                [](const RunLimits& l) { return static_cast<double>(l.memory_bytes) / kMegabyte; },
                [](RunLimits& l, double mb) {
                  l.memory_bytes = static_cast<std::uint64_t>(mb * kMegabyte);
                }},
    RunLimitRow{"output_bytes", "Bytes of stdout and of stderr, each; the rest is dropped.", 0,
                true, [](const RunLimits& l) { return static_cast<double>(l.output_bytes); },
                [](RunLimits& l, double n) { l.output_bytes = static_cast<std::uint64_t>(n); }},
};

constexpr std::array kSessionLimits{
    SessionLimitRow{
        "memory_mb", "Megabytes of all states and runs together.", 16, false,
        [](const SessionLimits& l) { return static_cast<double>(l.memory_bytes) / kMegabyte; },
        [](SessionLimits& l, double mb) {
          l.memory_bytes = static_cast<std::uint64_t>(mb * kMegabyte);
        }},
    SessionLimitRow{
        "idle_s", "Seconds without a request, after which the session ends.", 1, false,
        [](const SessionLimits& l) { return static_cast<double>(l.idle_time.count()) / 1000; },
        [](SessionLimits& l, double s) { l.idle_time = milliseconds_of(s); }},
    SessionLimitRow{
        "life_s", "Seconds from the start, after which the session ends.", 1, false,
        [](const SessionLimits& l) { return static_cast<double>(l.life_time.count()) / 1000; },
        [](SessionLimits& l, double s) { l.life_time = milliseconds_of(s); }},
};

template <typename Limits>
std::string limits_json(std::span<const LimitRow<Limits>> rows, const Limits& limits) {
  std::string json = "{";
  for (const LimitRow<Limits>& row : rows) {
    json::append_key(json, row.name);
    json::append_number(json, row.get(limits));
  }
  return json + "}";
}

std::string number_text(double value) {
  std::string text;
  json::append_number(text, value);
  return text;
}

}  // namespace

std::span<const RunLimitRow> run_limit_rows() { return kLimits; }
std::span<const SessionLimitRow> session_limit_rows() { return kSessionLimits; }

std::optional<std::string> limit_problem(JsonNumber number, double smallest, double largest,
                                         bool integral) {
  if (integral && !number.integral) {
    return "expected a whole number, got " + number_text(number.value);
  }
  if (number.value < smallest) {
    return "at least " + number_text(smallest) + ", got " + number_text(number.value);
  }
  if (number.value > largest) {
    return "at most " + number_text(largest) + ", got " + number_text(number.value);
  }
  return std::nullopt;
}

std::string run_limits_json(const RunLimits& limits) {
  return limits_json(run_limit_rows(), limits);
}

std::string session_limits_json(const SessionLimits& limits) {
  return limits_json(session_limit_rows(), limits);
}

}  // namespace forkjail::server
