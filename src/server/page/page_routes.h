// The rows of the page: `/`, `/docs`, and what these load.
#pragma once

#include <span>
#include <vector>

#include "http/router.h"
#include "server/page/page_files.h"

namespace forkjail::server {

// Open to everybody: a person who opens the page has no key yet. Without files, `/` and `/docs`
// answer 404 and say why. `files` outlives the routes.
[[nodiscard]] std::vector<http::Route> page_routes(std::span<const PageFile> files);

}  // namespace forkjail::server
