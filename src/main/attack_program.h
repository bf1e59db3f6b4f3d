// `forkjail attack` is a program of its own, forkjail-attack beside this binary: it speaks TLS, and
// the service has no use for that.
#pragma once

#include <string>
#include <vector>

namespace forkjail {

// Becomes it. Returns only where it cannot be started, with an exit status.
[[nodiscard]] int become_attack_program(const std::vector<std::string>& arguments);

}  // namespace forkjail
