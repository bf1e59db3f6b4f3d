// Which known name a misspelt one probably means, for error lines. Pure.
#pragma once

#include <span>
#include <string_view>

namespace forkjail::server {

// The name that takes the fewest changes of one character (Levenshtein's distance), if that is at
// most a third of its length. Empty if no name is near. Only the first 32 bytes of `name` are
// looked at.
[[nodiscard]] std::string_view nearest_name(std::string_view name,
                                            std::span<const std::string_view> known);

}  // namespace forkjail::server
