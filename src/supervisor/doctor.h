// `forkjail doctor`: what this machine or container allows, what follows from each thing that it
// does not, and what would give it. Tries everything and changes nothing.
#pragma once

#include <iosfwd>

#include "supervisor/config.h"

namespace forkjail::supervisor {

// Prints the table and the level that results. Returns the exit code: 0 where the service can
// serve, 1 where it cannot.
int run_doctor(const Config& config, std::ostream& out);

}  // namespace forkjail::supervisor
