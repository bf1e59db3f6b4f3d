// The members of the request's `limits` object: names, units and bounds, as a table. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace forkjail::server {

struct RunLimitRow {
  std::string_view name;
  std::string_view description;
  double smallest;  // a request below it makes no sense
  bool integral;    // counts bytes one by one
  double (*get)(const RunLimits&);
  void (*set)(RunLimits&, double);
};

[[nodiscard]] std::span<const RunLimitRow> run_limit_rows();
[[nodiscard]] bool is_run_limit_field(std::string_view name);

struct JsonNumber {
  double value = 0;
  bool integral = false;  // written without fraction and exponent
};

// Sets the limit `name`, which is a known one. What is wrong with the number, if anything: "at most
// 30, got 60".
[[nodiscard]] std::optional<std::string> set_run_limit(RunLimits& limits, const RunLimits& maxima,
                                                       std::string_view name, JsonNumber number);

// The limits in the units of the fields, as a JSON object; for /info.
[[nodiscard]] std::string run_limits_json(const RunLimits& limits);

}  // namespace forkjail::server
