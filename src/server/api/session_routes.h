// The paths of sessions, as the router takes them.
#pragma once

#include <vector>

#include "http/router.h"
#include "server/api/session_handlers.h"

namespace forkjail::server {

// `context` outlives the routes.
[[nodiscard]] std::vector<http::Route> session_routes(const SessionContext& context);

}  // namespace forkjail::server
