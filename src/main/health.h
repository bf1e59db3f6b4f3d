// `forkjail health`: whether the service on this machine can run scripts. For the health check of a
// container, whose image contains no other HTTP client. It requests /ready and not /health: a
// service that is alive but cannot run scripts is not healthy. The image's start-period gives it
// time to start. A separate process that takes the same flags.
#pragma once

#include "server/config.h"

namespace forkjail {

// 0 if /ready answered 200; otherwise 1, with the reason on stderr.
[[nodiscard]] int ask_for_health(const server::ServerConfig& config);

}  // namespace forkjail
