// The command line of `forkjail attack`. Headers may be secrets and come from the environment, too:
// what is on a command line shows in ps(1).
#pragma once

#include <string>
#include <variant>

#include "attack/attack.h"
#include "base/result.h"

namespace forkjail::attack {

inline constexpr const char* kHeadersVariable = "FORKJAIL_ATTACK_HEADERS";

// Or the exit status of what was answered on the terminal: --help, or what is wrong.
[[nodiscard]] std::variant<AttackOptions, int> parse_options(int argc, const char* const* argv,
                                                             const char* headers_of_environment);

}  // namespace forkjail::attack
