#include "base/base64.h"

#include <gtest/gtest.h>

namespace forkjail {
namespace {

std::string encoded(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

// The test vectors of RFC 4648, section 10.
TEST(Base64, IsThatOfTheStandard) {
  const std::pair<std::string_view, std::string_view> rows[] = {{"", ""},
                                                                {"f", "Zg=="},
                                                                {"fo", "Zm8="},
                                                                {"foo", "Zm9v"},
                                                                {"foob", "Zm9vYg=="},
                                                                {"fooba", "Zm9vYmE="},
                                                                {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : rows) {
    EXPECT_EQ(encoded(plain), coded);
    std::string decoded;
    append_base64_decoded(decoded, coded);
    EXPECT_EQ(decoded, plain);
    Base64Check check;
    for (const char c : coded) check.add({&c, 1});
    EXPECT_TRUE(check.valid()) << coded;
    EXPECT_EQ(check.decoded_bytes(), plain.size());
  }
}

TEST(Base64, TakesEveryByteThereAndBack) {
  std::string bytes;
  for (int i = 0; i < 1'000; ++i) bytes.push_back(static_cast<char>(i * 7));
  std::string decoded;
  append_base64_decoded(decoded, encoded(bytes));
  EXPECT_EQ(decoded, bytes);
}

TEST(Base64, GivesOfGarbageNoMoreThanThreeBytesForFourCharacters) {
  std::string decoded;
  append_base64_decoded(decoded, std::string(1'000, 'A') + std::string(1'000, '*'));
  EXPECT_LE(decoded.size(), 1'500U);
}

}  // namespace
}  // namespace forkjail
