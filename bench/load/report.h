// One measurement as one line of JSON.
#pragma once

#include <string>

#include "load/load_run.h"

namespace forkjail::load {

std::string to_json_line(const Plan& plan, const Measurement& measurement);

}  // namespace forkjail::load
