// The server process: wires its parts together, serves until it is told to stop, drains, and says
// with which status to exit.
#pragma once

#include "base/log_output.h"
#include "base/unique_fd.h"
#include "http/listener.h"
#include "server/config.h"

namespace forkjail::server {

// Serves on `address`:`port` of `config`. `start_supervisor` is called once the port is bound and
// gives the socket to the supervisor; privileges are dropped right after. `log` is where spdlog's
// lines go, `audit` where those of the audit log go: null where there is none.
// 0: drained after SIGTERM or SIGINT. 1: could not start, or the supervisor was lost. 2: what was
// asked for can never work here, such as a module to preload that is not there.
int serve(const ServerConfig& config, LogOutput& log, LogOutput* audit,
          const std::function<Result<UniqueFd>()>& start_supervisor);

}  // namespace forkjail::server
