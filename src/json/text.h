// JSON written by hand: the server's answers have few shapes, and main()'s value must be spliced in
// byte for byte, which a document model would not do. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace forkjail::json {

// Appends `text` as a quoted JSON string. Invalid UTF-8 becomes U+FFFD, so the result is always
// valid UTF-8.
void append_string(std::string& out, std::string_view text);

// The inside of such a string, for text that is known to be valid UTF-8 and may end mid-sequence.
void append_escaped(std::string& out, std::string_view valid_text);

// Appends `value` in its shortest exact form: "10", "1.5". NaN and infinities become null.
void append_number(std::string& out, double value);

// Appends `"name":`, with a comma before it unless the object was just opened.
void append_key(std::string& out, std::string_view name);

// Appends a whole member, likewise.
void append_text_member(std::string& out, std::string_view name, std::string_view text);
void append_number_member(std::string& out, std::string_view name, double value);
void append_count_member(std::string& out, std::string_view name, std::uint64_t count);

}  // namespace forkjail::json
