// Which characters must be escaped in JSON strings (RFC 8259, section 7), and how. Shared by the
// two writers of JSON text: the server's for bytes, and the zygote's for Python strings.
#pragma once

#include <string>

namespace forkjail {

// For characters below 0x80; others need no escape.
constexpr bool needs_json_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

// Appends the escape of a character that needs one.
void append_json_escape(std::string& out, unsigned char c);

}  // namespace forkjail
