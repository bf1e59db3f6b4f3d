// `forkjail health`: whether the service on this machine answers. For the health check of a
// container whose image holds no other HTTP client. A process of its own that knows the same flags.
#pragma once

#include "server/config.h"

namespace forkjail {

// 0: /health answered 200. 1: it did not, and stderr says why.
[[nodiscard]] int ask_for_health(const server::ServerConfig& config);

}  // namespace forkjail
