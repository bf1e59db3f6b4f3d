#include "attack/case_file.h"

#include <gtest/gtest.h>

namespace forkjail::attack {
namespace {

constexpr std::string_view kHeader =
    "# attack: 33, 34\n"
    "# name: it_is_refused\n"
    "# expect: held | kind=memory\n";

std::string with(std::string_view more) { return std::string(kHeader) + std::string(more); }

TEST(CaseFile, HeaderIsReadUpToTheFirstOtherLine) {
  const auto file = parse_header(with("import os\n# name: not_a_header\n"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->numbers, "33, 34");
  EXPECT_EQ(file->name, "it_is_refused");
  EXPECT_EQ(file->expect, "held | kind=memory");
  EXPECT_TRUE(file->in_fallback.expect.empty());
  EXPECT_TRUE(file->without_chroot.expect.empty());
}

TEST(CaseFile, HeaderEndsAtACommentThatIsNoKey) {
  EXPECT_TRUE(parse_header(with("# Two words: not a key.\n# colour: red\n")).ok());
  EXPECT_TRUE(parse_header(with("# Word: not a key.\n")).ok());
  EXPECT_FALSE(parse_header(with("# word: a key that is not known\n")).ok());
}

TEST(CaseFile, HeaderMayEndWithTheText) {
  EXPECT_TRUE(parse_header(kHeader.substr(0, kHeader.size() - 1)).ok());
}

TEST(CaseFile, FallbackIsSplitFromItsReason) {
  const auto file = parse_header(with("# expect-fallback: weaker -- no cgroup: why\n"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->in_fallback.expect, "weaker");
  EXPECT_EQ(file->in_fallback.why, "no cgroup: why");
}

TEST(CaseFile, OutcomeWithoutChrootIsNotThatOfEveryFallback) {
  const auto file = parse_header(with("# expect-without-chroot: weaker -- names show\n"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->without_chroot.expect, "weaker");
  EXPECT_EQ(file->without_chroot.why, "names show");
  EXPECT_TRUE(file->in_fallback.expect.empty());
}

TEST(CaseFile, LimitsAndRequestAreObjects) {
  const auto file =
      parse_header(with("# limits: {\"wall_time_s\": 5}\n# request: {\"stdin\": \"x\"}\n"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->limits.at("wall_time_s").as_int64(), 5);
  EXPECT_EQ(file->request.at("stdin").as_string(), "x");
}

TEST(CaseFile, WhatIsNoHeaderIsAnError) {
  EXPECT_FALSE(parse_header(with("# limit: {}\n")).ok()) << "unknown key";
  EXPECT_FALSE(parse_header(with("# name: again\n")).ok()) << "repeated key";
  EXPECT_FALSE(parse_header(with("# limits: [1]\n")).ok()) << "not an object";
  EXPECT_FALSE(parse_header(with("# limits: {\n")).ok()) << "not JSON";
  EXPECT_FALSE(parse_header("# attack: 1\n# name: x\n").ok()) << "no expectation";
  EXPECT_FALSE(parse_header("").ok());
}

}  // namespace
}  // namespace forkjail::attack
