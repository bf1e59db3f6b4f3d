// `forkjail doctor`: what this machine or container allows, the effect of each thing that it does
// not, and the remedy. Tries everything and changes nothing.
#pragma once

#include <iosfwd>

#include "supervisor/config.h"

namespace forkjail::supervisor {

// Prints the table and the level that results. Returns the exit code: 0 where the service can
// serve, 1 where it cannot.
int run_doctor(const Config& config, std::ostream& out);

}  // namespace forkjail::supervisor
