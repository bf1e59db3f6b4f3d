// The endpoints of other systems' clients, each system below /compat/NAME with its own paths, so
// that a user of it changes one URL.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"
#include "server/compat/compat_run.h"

namespace forkjail::server {

// "dify", ...
[[nodiscard]] std::vector<std::string> compat_names();

// The routes of all systems. Those of the systems in `at_root` are served without the prefix too,
// where a client wants the path of its own: all but those whose path `taken` has. `context`
// outlives the routes.
[[nodiscard]] std::vector<http::Route> compat_routes(const CompatContext& context,
                                                     std::span<const std::string> at_root,
                                                     std::span<const http::Route> taken);

}  // namespace forkjail::server
