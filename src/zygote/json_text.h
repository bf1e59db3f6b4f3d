// Writes JSON strings into one buffer: UTF-8, escaped only where RFC 8259 requires it. Every strict
// parser accepts the output; a character without UTF-8 (a lone surrogate) becomes U+FFFD. Cell,
// after the script ran; also plain unit tests.
#pragma once

#include <Python.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace forkjail::zygote {

// A lower bound of the bytes that append_json_string() appends, without reading the characters.
std::size_t json_string_bytes_min(PyObject* text);

// Appends a Python str (or subclass) as a JSON string, with quotes. False: a character without
// UTF-8 was replaced, so two different strings may have become equal.
bool append_json_string(std::string& out, PyObject* text);

// Appends UTF-8 text as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view utf8);

// Appends at most `characters_max` characters of a Python str as UTF-8, without escapes and quotes,
// then "..." if there were more.
void append_utf8(std::string& out, PyObject* text, std::size_t characters_max);

}  // namespace forkjail::zygote
