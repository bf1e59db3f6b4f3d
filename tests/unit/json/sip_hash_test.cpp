#include "json/sip_hash.h"

#include <gtest/gtest.h>

#include <string>

namespace forkjail::json {
namespace {

// The authors' key of their test vectors: the bytes 0 to 15.
constexpr HashSecret kKey{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};

std::string counting(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text.push_back(static_cast<char>(i));
  return text;
}

Fingerprint hash(std::string_view text) {
  SipHash hash(kKey);
  hash.update(text);
  return hash.finish();
}

TEST(SipHash, AgreesWithTheAuthorsVectors) {
  EXPECT_EQ(hash(""), (Fingerprint{0xe6a825ba047f81a3U, 0x930255c71472f66dU}));
  EXPECT_EQ(hash(counting(1)), (Fingerprint{0x44af996bd8c187daU, 0x45fc229b11597634U}));
}

TEST(SipHash, IsTheSameInWhateverPartsTheTextComes) {
  const std::string text = counting(40);
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      SipHash parts(kKey);
      parts.update(std::string_view(text).substr(0, first));
      parts.update(std::string_view(text).substr(first, second - first));
      parts.update(std::string_view(text).substr(second));
      EXPECT_EQ(parts.finish(), hash(text)) << first << ' ' << second;
    }
  }
}

TEST(SipHash, DiffersForOtherTextsAndOtherSecrets) {
  EXPECT_NE(hash("a"), hash("b"));
  EXPECT_NE(hash(std::string(8, '\0')), hash(std::string(9, '\0')));
  SipHash other(HashSecret{1, 2});
  other.update("a");
  EXPECT_NE(other.finish(), hash("a"));
}

TEST(HashSecret, IsAnotherEachTime) {
  const auto first = draw_hash_secret();
  const auto second = draw_hash_secret();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->low != second->low && first->high != second->high);
}

}  // namespace
}  // namespace forkjail::json
