// The media type of a file by the end of its name (IANA's registry). Pure.
#pragma once

#include <string_view>

namespace forkjail::server {

// "image/png" for "plots/a.PNG". Of an unknown name: text/plain where the content is text, else
// application/octet-stream.
[[nodiscard]] std::string_view media_type_of(std::string_view path, bool is_text);

}  // namespace forkjail::server
