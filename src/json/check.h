// Is this text one JSON value? For main()'s value, which is spliced into the answer as it came.
#pragma once

#include <cstddef>
#include <string_view>

namespace forkjail::json {

// True when `text` is exactly one JSON value in valid UTF-8, nested at most `depth_max` deep.
// Allocates nothing that grows with the text.
[[nodiscard]] bool is_valid(std::string_view text, std::size_t depth_max);

}  // namespace forkjail::json
