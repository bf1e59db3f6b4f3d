// Onyx's code interpreter: a program with files that were sent ahead, whose last expression is
// shown; as one answer or as events. Files that it leaves are fetched by their ids.
#pragma once

#include <vector>

#include "server/compat/compat_run.h"

namespace forkjail::server {

[[nodiscard]] std::vector<http::Route> onyx_routes(const CompatContext& context);

}  // namespace forkjail::server
