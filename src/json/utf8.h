// What a script wrote as valid UTF-8. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace forkjail::json {

// Appends `text` with U+FFFD in place of every maximal invalid part, as Unicode recommends.
// Overlong forms, surrogates and code points above U+10FFFF are not valid.
void append_valid_utf8(std::string& out, std::string_view text);

// `text` without the incomplete sequence at its end that a cut at a byte cap may have left. A
// sequence that was invalid anyway stays.
[[nodiscard]] std::string_view without_cut_sequence(std::string_view text);

// Whether `text` is valid UTF-8 without NUL: what people call a text file.
[[nodiscard]] bool is_utf8_text(std::string_view text);

}  // namespace forkjail::json
