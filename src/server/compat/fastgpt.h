// The code sandbox of FastGPT, as its code node uses it: main() is called with the node's
// variables.
#pragma once

#include <vector>

#include "server/compat/compat_run.h"

namespace forkjail::server {

[[nodiscard]] std::vector<http::Route> fastgpt_routes(const CompatContext& context);

}  // namespace forkjail::server
