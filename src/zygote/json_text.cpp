#include "zygote/json_text.h"

#include <cstdint>

#include "base/json_escape.h"

namespace forkjail::zygote {
namespace {

constexpr Py_UCS4 kReplacement = 0xFFFD;

constexpr bool is_surrogate(Py_UCS4 c) { return c >= 0xD800 && c <= 0xDFFF; }

char low_byte(Py_UCS4 value) { return static_cast<char>(static_cast<unsigned char>(value)); }

void append_multibyte(std::string& out, Py_UCS4 c) {
  if (c < 0x800) {
    out += low_byte(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      out += low_byte(0xE0 | (c >> 12));
    } else {
      out += low_byte(0xF0 | (c >> 18));
      out += low_byte(0x80 | ((c >> 12) & 0x3F));
    }
    out += low_byte(0x80 | ((c >> 6) & 0x3F));
  }
  out += low_byte(0x80 | (c & 0x3F));
}

// One implementation for the three widths in which CPython stores strings. Runs of plain ASCII in
// the one-byte width, by far the most common text, are copied as a whole.
template <typename Unit>
bool append_escaped(std::string& out, const Unit* units, std::size_t count) {
  bool faithful = true;
  std::size_t i = 0;
  while (i < count) {
    if constexpr (sizeof(Unit) == 1) {
      const std::size_t start = i;
      while (i < count && units[i] < 0x80 && !needs_json_escape(units[i])) ++i;
      out.append(reinterpret_cast<const char*>(units + start), i - start);
      if (i == count) break;
    }
    const Py_UCS4 c = units[i++];
    if (c < 0x80) {
      const auto byte = static_cast<unsigned char>(c);
      if (needs_json_escape(byte)) {
        append_json_escape(out, byte);
      } else {
        out += low_byte(c);
      }
    } else if (is_surrogate(c)) {
      append_multibyte(out, kReplacement);
      faithful = false;
    } else {
      append_multibyte(out, c);
    }
  }
  return faithful;
}

}  // namespace

std::size_t json_string_bytes_min(PyObject* text) {
  return static_cast<std::size_t>(PyUnicode_GET_LENGTH(text)) + 2;
}

bool append_json_string(std::string& out, PyObject* text) {
  const auto count = static_cast<std::size_t>(PyUnicode_GET_LENGTH(text));
  const void* data = PyUnicode_DATA(text);
  bool faithful = true;
  out += '"';
  switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND:
      faithful = append_escaped(out, static_cast<const Py_UCS1*>(data), count);
      break;
    case PyUnicode_2BYTE_KIND:
      faithful = append_escaped(out, static_cast<const Py_UCS2*>(data), count);
      break;
    default:
      faithful = append_escaped(out, static_cast<const Py_UCS4*>(data), count);
  }
  out += '"';
  return faithful;
}

void append_json_string(std::string& out, std::string_view utf8) {
  out += '"';
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (needs_json_escape(byte)) {
      append_json_escape(out, byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_utf8(std::string& out, PyObject* text, std::size_t characters_max) {
  const auto count = static_cast<std::size_t>(PyUnicode_GET_LENGTH(text));
  for (std::size_t i = 0; i < count && i < characters_max; ++i) {
    const Py_UCS4 c = PyUnicode_READ_CHAR(text, static_cast<Py_ssize_t>(i));
    if (c < 0x80) {
      out += low_byte(c);
    } else {
      append_multibyte(out, is_surrogate(c) ? kReplacement : c);
    }
  }
  if (count > characters_max) out += "...";
}

}  // namespace forkjail::zygote
