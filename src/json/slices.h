// A text in slices for a parser that is fed in parts. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace forkjail::json {

// The next slice of `rest`, about `bytes_max` bytes: not empty while something is left, and never
// the first part of a character. Boost 1.81 that goes on inside a character of a string writes up
// to three bytes past the end of its own buffer (basic_parser::parse_escaped).
[[nodiscard]] std::string_view next_slice(std::string_view rest, std::size_t bytes_max);

}  // namespace forkjail::json
