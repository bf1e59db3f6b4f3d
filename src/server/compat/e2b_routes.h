// The paths of E2B's control plane and of its sandboxes, all below one base.
#pragma once

#include <vector>

#include "http/router.h"
#include "server/compat/e2b_door.h"

namespace forkjail::server {

// `door` outlives the routes.
[[nodiscard]] std::vector<http::Route> e2b_routes(const E2bDoor& door);

}  // namespace forkjail::server
