#include "base/json_escape.h"

#include <string_view>

namespace forkjail {

void append_json_escape(std::string& out, unsigned char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  out += '\\';
  const auto at = kShort.find(static_cast<char>(c));
  if (at != std::string_view::npos) {
    out += kLetters[at];
    return;
  }
  out += "u00";
  out += kHex[c >> 4];
  out += kHex[c & 0xF];
}

}  // namespace forkjail
