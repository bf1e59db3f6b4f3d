// The members of a request's `limits` object, of a run and of a session: names, units and bounds,
// as tables. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "server/run/session_fields.h"

namespace forkjail::server {

template <typename Limits>
struct LimitRow {
  std::string_view name;
  std::string_view description;
  double smallest;  // a request below it makes no sense
  bool integral;    // counts bytes one by one
  double (*get)(const Limits&);
  void (*set)(Limits&, double);
};
using RunLimitRow = LimitRow<RunLimits>;
using SessionLimitRow = LimitRow<SessionLimits>;

[[nodiscard]] std::span<const RunLimitRow> run_limit_rows();
[[nodiscard]] std::span<const SessionLimitRow> session_limit_rows();

struct JsonNumber {
  double value = 0;
  bool integral = false;  // written without fraction and exponent
};

// What is wrong with a number for a limit, if anything: "at most 30, got 60".
[[nodiscard]] std::optional<std::string> limit_problem(JsonNumber number, double smallest,
                                                       double largest, bool integral);

// The row with this name; null: none.
template <typename Row>
[[nodiscard]] const Row* find_limit(std::span<const Row> rows, std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

// Sets the limit `name`, which is a known one. What is wrong with the number, if anything.
template <typename Limits>
[[nodiscard]] std::optional<std::string> set_limit(std::span<const LimitRow<Limits>> rows,
                                                   Limits& limits, const Limits& maxima,
                                                   std::string_view name, JsonNumber number) {
  const LimitRow<Limits>* const row = find_limit(rows, name);
  if (row == nullptr) return "unknown limit";
  auto problem = limit_problem(number, row->smallest, row->get(maxima), row->integral);
  if (!problem) row->set(limits, number.value);
  return problem;
}

// The limits in the units of the fields, as a JSON object; for /info.
[[nodiscard]] std::string run_limits_json(const RunLimits& limits);
[[nodiscard]] std::string session_limits_json(const SessionLimits& limits);

}  // namespace forkjail::server
