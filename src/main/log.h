// The log of both processes: lines on stderr, as text for people or as JSON that Cloud Logging
// takes apart (severity, time, message). In UTC: no time zone file is needed once the server has
// locked itself in.
#pragma once

#include <string>

#include "server/run_log.h"

namespace forkjail {

// `name` of the process, `level` of the least severe message that is logged.
void set_up_log(const std::string& name, const std::string& level, server::LogFormat format);

}  // namespace forkjail
