// Media types in the headers of a request. Pure.
#pragma once

#include <string_view>

namespace forkjail::http {

// True for application/json, with or without parameters.
[[nodiscard]] bool is_json_content_type(std::string_view content_type);

// True when an Accept header names just this type, `a/b` in lower case, and does not refuse it with
// q=0. A range such as */* names none.
[[nodiscard]] bool accepts_by_name(std::string_view accept, std::string_view media_type);

}  // namespace forkjail::http
