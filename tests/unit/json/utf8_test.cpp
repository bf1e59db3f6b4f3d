#include "json/utf8.h"

#include <gtest/gtest.h>

namespace forkjail::json {
namespace {

std::string cleaned(std::string_view text) {
  std::string out;
  append_valid_utf8(out, text);
  return out;
}

const std::string kMark = "\xEF\xBF\xBD";

TEST(ValidUtf8, KeepsWhatIsValid) {
  EXPECT_EQ(cleaned("plain"), "plain");
  EXPECT_EQ(cleaned("h\xC3\xA9llo \xE2\x82\xAC \xF0\x9F\x90\x8D"),
            "h\xC3\xA9llo \xE2\x82\xAC \xF0\x9F\x90\x8D");
  EXPECT_EQ(cleaned(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(ValidUtf8, ReplacesEachInvalidPartByOneMark) {
  EXPECT_EQ(cleaned("\xFF"), kMark);
  EXPECT_EQ(cleaned("a\x80z"), "a" + kMark + "z");
  EXPECT_EQ(cleaned("\xE2\x82z"), kMark + "z");               // cut short: one maximal part
  EXPECT_EQ(cleaned("\xC0\xAF"), kMark + kMark);              // overlong '/'
  EXPECT_EQ(cleaned("\xED\xA0\x80"), kMark + kMark + kMark);  // a surrogate
  EXPECT_EQ(cleaned("\xF4\x90\x80\x80"), kMark + kMark + kMark + kMark);  // above U+10FFFF
}

TEST(ValidUtf8, TakesOffASequenceThatACapCutInTwo) {
  EXPECT_EQ(without_cut_sequence("ab\xE2\x82"), "ab");
  EXPECT_EQ(without_cut_sequence("ab\xF0\x9F\x90"), "ab");
  EXPECT_EQ(without_cut_sequence("ab\xC3"), "ab");
  EXPECT_EQ(without_cut_sequence("ab\xC3\xA9"), "ab\xC3\xA9");
  EXPECT_EQ(without_cut_sequence("ab\x80"), "ab\x80");  // was never valid
  EXPECT_EQ(without_cut_sequence(""), "");
}

}  // namespace
}  // namespace forkjail::json
