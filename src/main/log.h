// The log of both processes: lines on stderr, as text or as JSON that Cloud Logging understands
// (severity, time, message). In UTC, so that no time zone file is needed once the server has
// restricted itself. Writing never waits for the log's reader (base/log_output.h).
#pragma once

#include <memory>
#include <string>

#include "base/log_output.h"
#include "server/observe/run_log.h"

namespace forkjail {

// `name`: of the process. `level`: of the least severe message that is logged. Returns the output,
// which must be flushed while lines are pending, and at the end.
[[nodiscard]] std::shared_ptr<LogOutput> set_up_log(const std::string& name,
                                                    const std::string& level,
                                                    server::LogFormat format);

}  // namespace forkjail
