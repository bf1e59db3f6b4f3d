// Piston's API, version 2, as its client libraries and teaching sites use it.
#pragma once

#include <string_view>
#include <vector>

#include "server/compat/compat_run.h"

namespace forkjail::server {

[[nodiscard]] std::vector<http::Route> piston_routes(const CompatContext& context);

// Whether a request for `language` in `version` ("*", "3.x", "3.10.0", "^3.11") is served by the
// one Python that there is: by any that asks for a Python 3. Pure.
[[nodiscard]] bool is_python3(std::string_view language, std::string_view version);

// The bytes that pairs of hexadecimal digits stand for; like Piston, those before the first pair
// that is none. Pure.
[[nodiscard]] std::string bytes_of_hex(std::string_view digits);

}  // namespace forkjail::server
