// `forkjail health`: whether the service on this machine can run scripts. For the health check of a
// container whose image holds no other HTTP client. It asks /ready and not /health: a service that
// lives and runs nothing is not what anybody would call healthy. The image's start-period leaves it
// time to start. A process of its own that knows the same flags.
#pragma once

#include "server/config.h"

namespace forkjail {

// 0: /ready answered 200. 1: it did not, and stderr says why.
[[nodiscard]] int ask_for_health(const server::ServerConfig& config);

}  // namespace forkjail
