#include "attack/case_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "unit/temporary_directory.h"

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
  EXPECT_EQ(file->attacks, (std::vector<unsigned>{33, 34}));
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

TEST(CaseFile, NumbersAndExpectationsMustBeUsable) {
  const auto reads = [](std::string_view attack, std::string_view expect, std::string_view more) {
    return parse_header("# attack: " + std::string(attack) +
                        "\n# name: x\n# expect: " + std::string(expect) + "\n" + std::string(more))
        .ok();
  };
  EXPECT_TRUE(reads("1", "held", ""));
  EXPECT_TRUE(reads("1, 2,3", "differs", ""));
  EXPECT_FALSE(reads("1, x", "held", ""));
  EXPECT_FALSE(reads("1,", "held", ""));
  EXPECT_FALSE(reads("1 2", "held", ""));
  EXPECT_FALSE(reads("1", "hold", ""));
  EXPECT_FALSE(reads("1", "held | differs", ""));
  EXPECT_FALSE(reads("1", "held", "# next: differs\n"));
  EXPECT_FALSE(reads("1", "held", "# peer: kind\n"));
  EXPECT_FALSE(reads("1", "held", "# expect-fallback: weak -- why\n"));
  EXPECT_FALSE(reads("1", "held", "# expect-without-chroot: weak -- why\n"));
}

// A directory of cases.
class CaseFiles : public testing::Test {
 protected:
  TemporaryDirectory temporary_;

  void SetUp() override {
    directory_ = temporary_.path();
    write("prelude.py", "prelude");
  }

  void write(const std::string& file, const std::string& text) const {
    std::ofstream(directory_ / file) << text;
  }
  [[nodiscard]] std::string error() const {
    const auto cases = load_cases(directory_);
    return cases.ok() ? "" : cases.error().to_string();
  }

  std::filesystem::path directory_;
};

TEST_F(CaseFiles, AreReadInOrderBehindThePreludeWithTheirCompanions) {
  write("002_b.py", "# attack: 2\n# name: b\n# expect: held\n# next: held\nattack");
  write("002_b.next.py", "after");
  write("001_a.py", "# attack: 1\n# name: a\n# expect: held\n");
  write("notes.txt", "");
  const auto cases = load_cases(directory_);
  ASSERT_TRUE(cases.ok()) << error();
  ASSERT_EQ(cases->size(), 2U);
  EXPECT_EQ(cases->front().name, "a");
  EXPECT_EQ(cases->back().file, "002_b.py");
  EXPECT_TRUE(cases->back().script.starts_with("prelude\n\n# attack: 2\n"));
  EXPECT_EQ(cases->back().next_script, "prelude\n\nafter");
}

TEST_F(CaseFiles, CompanionAndKeyBelongTogether) {
  write("001_a.py", "# attack: 1\n# name: a\n# expect: held\n# peer: held\n");
  EXPECT_NE(error().find("001_a.peer.py"), std::string::npos) << error();
  write("001_a.peer.py", "beside");
  EXPECT_EQ(error(), "");
  write("001_a.next.py", "after");
  EXPECT_NE(error().find("001_a.next.py"), std::string::npos) << error();
}

TEST_F(CaseFiles, NameBelongsToOneCase) {
  write("001_a.py", "# attack: 1\n# name: a\n# expect: held\n");
  write("002_b.py", "# attack: 2\n# name: a\n# expect: held\n");
  EXPECT_NE(error().find("002_b.py: another case is named a"), std::string::npos) << error();
}

}  // namespace
}  // namespace forkjail::attack
