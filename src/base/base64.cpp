#include "base/base64.h"

#include <algorithm>
#include <array>

namespace forkjail {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t kPadding = 64;
constexpr std::uint8_t kLineEnd = 65;
constexpr std::uint8_t kForeign = 66;

// What each character means: 0 to 63, or one of the above.
constexpr std::array<std::uint8_t, 256> make_meanings() {
  std::array<std::uint8_t, 256> meanings{};
  meanings.fill(kForeign);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    meanings.at(static_cast<unsigned char>(kDigits[i])) = static_cast<std::uint8_t>(i);
  }
  meanings.at('=') = kPadding;
  meanings.at('\n') = kLineEnd;
  meanings.at('\r') = kLineEnd;
  return meanings;
}
constexpr auto kMeanings = make_meanings();

std::uint8_t meaning_of(char c) {
  return kMeanings[static_cast<unsigned char>(c)];  // NOLINT(*-constant-array-index)
}

}  // namespace

void Base64Check::add(std::string_view piece) {
  for (const char c : piece) {
    const std::uint8_t meaning = meaning_of(c);
    if (meaning < kPadding) {
      ++digits_;
      good_ = good_ && padding_ == 0;
    } else if (meaning == kPadding) {
      ++padding_;
      good_ = good_ && padding_ <= 2;
    } else {
      good_ = good_ && meaning == kLineEnd;
    }
  }
}

void append_base64_decoded(std::string& out, std::string_view text) {
  out.reserve(out.size() + text.size() / 4 * 3);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::uint8_t meaning = meaning_of(c);
    if (meaning >= kPadding) continue;
    bits = bits << 6U | meaning;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>(bits >> count & 0xFFU));
  }
}

void append_base64(std::string& out, std::string_view bytes) {
  const std::size_t from = out.size();
  out.resize(from + (bytes.size() + 2) / 3 * 4, '=');
  char* at = out.data() + from;
  const auto byte = [bytes](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 3, at += 4) {
    const std::uint32_t bits = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    at[0] = kDigits[bits >> 18U];
    at[1] = kDigits[bits >> 12U & 0x3FU];
    if (i + 1 < bytes.size()) at[2] = kDigits[bits >> 6U & 0x3FU];
    if (i + 2 < bytes.size()) at[3] = kDigits[bits & 0x3FU];
  }
}

}  // namespace forkjail
