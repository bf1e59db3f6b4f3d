// The members of the request's `limits` object: names, units and bounds. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace forkjail::server {

[[nodiscard]] bool is_run_limit_field(std::string_view name);
[[nodiscard]] std::string run_limit_field_names();  // "wall_time_s, cpu_time_s, ..."

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
