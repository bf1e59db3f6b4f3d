#include "server/api/run_limit_fields.h"

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

const RunLimitRow* find_row(std::string_view name) {
  for (const RunLimitRow& row : kLimits) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string number_text(double value) {
  std::string text;
  json::append_number(text, value);
  return text;
}

}  // namespace

std::span<const RunLimitRow> run_limit_rows() { return kLimits; }

bool is_run_limit_field(std::string_view name) { return find_row(name) != nullptr; }

std::optional<std::string> set_run_limit(RunLimits& limits, const RunLimits& maxima,
                                         std::string_view name, JsonNumber number) {
  const RunLimitRow* row = find_row(name);
  if (row == nullptr) return "unknown limit";
  if (row->integral && !number.integral) {
    return "expected a whole number, got " + number_text(number.value);
  }
  if (number.value < row->smallest) {
    return "at least " + number_text(row->smallest) + ", got " + number_text(number.value);
  }
  if (number.value > row->get(maxima)) {
    return "at most " + number_text(row->get(maxima)) + ", got " + number_text(number.value);
  }
  row->set(limits, number.value);
  return std::nullopt;
}

std::string run_limits_json(const RunLimits& limits) {
  std::string json = "{";
  for (const RunLimitRow& row : kLimits) {
    json::append_key(json, row.name);
    json::append_number(json, row.get(limits));
  }
  return json + "}";
}

}  // namespace forkjail::server
