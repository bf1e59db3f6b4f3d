#include "server/api/run_limit_fields.h"

#include <array>
#include <cmath>

#include "json/text.h"

namespace forkjail::server {
namespace {

struct LimitRow {
  std::string_view name;
  double smallest;  // a request below it makes no sense
  bool integral;    // counts bytes one by one
  double (*get)(const RunLimits&);
  void (*set)(RunLimits&, double);
};

std::chrono::milliseconds milliseconds_of(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
}

constexpr double kMegabyte = static_cast<double>(kMiB);

constexpr std::array kLimits{
    LimitRow{"wall_time_s", 0.001, false,
             [](const RunLimits& l) { return static_cast<double>(l.wall_time.count()) / 1000; },
             [](RunLimits& l, double s) { l.wall_time = milliseconds_of(s); }},
    LimitRow{"cpu_time_s", 0.001, false,
             [](const RunLimits& l) { return static_cast<double>(l.cpu_time.count()) / 1000; },
             [](RunLimits& l, double s) { l.cpu_time = milliseconds_of(s); }},
    LimitRow{"memory_mb", 1, false,
             [](const RunLimits& l) { return static_cast<double>(l.memory_bytes) / kMegabyte; },
             [](RunLimits& l, double mb) {
               l.memory_bytes = static_cast<std::uint64_t>(mb * kMegabyte);
             }},
    LimitRow{"output_bytes", 0, true,
             [](const RunLimits& l) { return static_cast<double>(l.output_bytes); },
             [](RunLimits& l, double n) { l.output_bytes = static_cast<std::uint64_t>(n); }},
};

const LimitRow* find_row(std::string_view name) {
  for (const LimitRow& row : kLimits) {
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

bool is_run_limit_field(std::string_view name) { return find_row(name) != nullptr; }

std::string run_limit_field_names() {
  std::string names;
  for (const LimitRow& row : kLimits) names.append(names.empty() ? "" : ", ").append(row.name);
  return names;
}

std::optional<std::string> set_run_limit(RunLimits& limits, const RunLimits& maxima,
                                         std::string_view name, JsonNumber number) {
  const LimitRow* row = find_row(name);
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
  for (const LimitRow& row : kLimits) {
    json::append_key(json, row.name);
    json::append_number(json, row.get(limits));
  }
  return json + "}";
}

}  // namespace forkjail::server
