// Jobe's REST API, as Moodle's CodeRunner uses it. A run names the files that it needs by ids of
// their contents; those that are not here the client sends, and repeats the run.
#pragma once

#include <string_view>
#include <vector>

#include "server/compat/compat_run.h"

namespace forkjail::server {

[[nodiscard]] std::vector<http::Route> jobe_routes(const CompatContext& context);

// Letters and digits, 8 to 128 of them. Pure.
[[nodiscard]] bool is_jobe_file_id(std::string_view id);

}  // namespace forkjail::server
