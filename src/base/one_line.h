// Makes foreign text, such as a library's error message, fit on one line.
#pragma once

#include <string>
#include <string_view>

namespace forkjail {

// Replaces each run of spaces and control characters by one space, and trims both ends.
[[nodiscard]] inline std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const bool blank = code <= ' ' || code == 0x7f;
    if (!blank) {
      line.push_back(c);
    } else if (!line.empty() && line.back() != ' ') {
      line.push_back(' ');
    }
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace forkjail
