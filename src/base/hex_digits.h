// The 16 hexadecimal digits of a 64-bit number. Unlike snprintf(3) it costs a request nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace forkjail {

class HexDigits {
 public:
  constexpr explicit HexDigits(std::uint64_t value) {
    for (auto digit = digits_.rbegin(); digit != digits_.rend(); ++digit, value >>= 4U) {
      *digit = "0123456789abcdef"[value & 0xFU];
    }
  }

  [[nodiscard]] constexpr std::string_view text() const { return {digits_.data(), digits_.size()}; }

 private:
  std::array<char, 16> digits_{};
};

static_assert(HexDigits(0x0123'4567'89ab'cdef).text() == "0123456789abcdef");
static_assert(HexDigits(0x1f).text() == "000000000000001f");

}  // namespace forkjail
