// The code sandbox of Dify (dify-sandbox), as Dify's code and template nodes use it. A script
// prints its result between two marks, so that standard output goes back as it is.
#pragma once

#include <vector>

#include "server/compat/compat_run.h"

namespace forkjail::server {

[[nodiscard]] std::vector<http::Route> dify_routes(const CompatContext& context);

}  // namespace forkjail::server
