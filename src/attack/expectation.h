// What a case expects, against what a run answered.
//
// An expectation is a list of alternatives, each a list of conditions that all must hold:
//   held | kind=memory within=5
// Conditions: `held` and `weaker` (main() returned an object with that member true), status=N,
// kind=NAME, result=JSON without blanks, error~WORD, stdout~WORD, within=SECONDS, peak_mb=LEAST.
//
// `forkjail attack`, on an operator's machine. What is observed may be hostile: a script wrote it.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http_client/deployment.h"

namespace forkjail::attack {

// An answer to POST /execute with "verbose".
using Observed = http_client::Answer;

enum class Match : unsigned char {
  met,
  late,   // all but a time bound: the layer may hold, and the machine be slow
  unmet,  // also where a condition is not known: a case must not pass because of a typo
};

struct Assessment {
  Match match = Match::unmet;
  std::string missed;  // the conditions that do not hold, of the alternative that came nearest
};

// An Error where a condition is not known or has no valid value, or an alternative is empty.
[[nodiscard]] Status check_expectation(std::string_view expectation);

// Time bounds are multiplied by `slowness` (calibration.h).
[[nodiscard]] Assessment assess(std::string_view expectation, const Observed& observed,
                                double slowness = 1);
[[nodiscard]] bool as_expected(std::string_view expectation, const Observed& observed);

// Whatever a script does, the service answers 200 or 422 with an object of the contract's shape.
[[nodiscard]] bool is_well_formed(const Observed& observed);

// Each run returned an object with the first one's members, at least one, and no two runs returned
// the same value for any of them: random numbers must differ.
[[nodiscard]] bool results_differ(const std::vector<Observed>& runs);

// What was met, in one line of at most `characters_max`.
[[nodiscard]] std::string seen(const Observed& observed, std::size_t characters_max);

}  // namespace forkjail::attack
