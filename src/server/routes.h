// Which path is answered by which part.
#pragma once

#include <vector>

#include "http/router.h"

namespace forkjail::server {

struct Parts;

// The routes refer to `parts`, which outlive them.
std::vector<http::Route> service_routes(Parts& parts);

}  // namespace forkjail::server
