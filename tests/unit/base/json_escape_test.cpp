#include "base/json_escape.h"

#include <gtest/gtest.h>

namespace forkjail {
namespace {

std::string escaped(char c) {
  std::string out;
  append_json_escape(out, static_cast<unsigned char>(c));
  return out;
}

TEST(JsonEscape, ShortFormsWhereJsonHasThem) {
  EXPECT_EQ(escaped('"'), R"(\")");
  EXPECT_EQ(escaped('\\'), R"(\\)");
  EXPECT_EQ(escaped('\n'), R"(\n)");
  EXPECT_EQ(escaped('\b'), R"(\b)");
}

TEST(JsonEscape, OtherControlCharactersByTheirNumber) {
  EXPECT_EQ(escaped('\0'), R"(\u0000)");
  EXPECT_EQ(escaped('\x1f'), R"(\u001f)");
}

TEST(JsonEscape, OnlyControlCharactersQuoteAndBackslashNeedIt) {
  for (int c = 0; c < 256; ++c) {
    EXPECT_EQ(needs_json_escape(static_cast<unsigned char>(c)), c < 0x20 || c == '"' || c == '\\');
  }
}

}  // namespace
}  // namespace forkjail
