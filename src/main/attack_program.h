// `forkjail attack` is a separate program, forkjail-attack in the same directory: it needs TLS,
// which the service does not.
#pragma once

#include <string>
#include <vector>

namespace forkjail {

// Replaces this process by it. Returns only if it cannot be started, with an exit status.
[[nodiscard]] int become_attack_program(const std::vector<std::string>& arguments);

}  // namespace forkjail
