// Which characters JSON strings must escape (RFC 8259, section 7), and how. For the two writers of
// JSON text: the server's, of bytes, and the zygote's, of Python strings.
#pragma once

#include <string>

namespace forkjail {

// Of the characters below 0x80; all others stand for themselves.
constexpr bool needs_json_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

// Appends the escape of a character that needs one.
void append_json_escape(std::string& out, unsigned char c);

}  // namespace forkjail
