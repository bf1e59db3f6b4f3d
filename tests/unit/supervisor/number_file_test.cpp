#include "supervisor/number_file.h"

#include <gtest/gtest.h>

namespace forkjail::supervisor {
namespace {

TEST(NumberFile, IsWhatTheTextBeginsWith) {
  EXPECT_EQ(number_in_text("134217728\n"), 134'217'728U);
  EXPECT_EQ(number_in_text("200000 100000"), 200'000U);
}

TEST(NumberFile, HasNoneInOtherWords) {
  for (const auto* const text : {"max\n", "-1\n", "", "\n"}) {
    EXPECT_EQ(number_in_text(text), std::nullopt) << text;
  }
}

TEST(NumberFile, HasNoneWhereNoFileIs) {
  EXPECT_EQ(number_in_file("/proc/no-such-file"), std::nullopt);
}

TEST(NumberFile, IsBehindTheWholeWordAtTheBeginningOfALine) {
  const std::string text = "max 12\noom 3\noom_kill 4\noom_group_kill 5\nlast";
  EXPECT_EQ(number_behind("oom", text), 3U);
  EXPECT_EQ(number_behind("oom_kill", text), 4U);
  EXPECT_EQ(number_behind("kill", text), std::nullopt);
  EXPECT_EQ(number_behind("last", text), std::nullopt);
  EXPECT_EQ(number_behind("max", ""), std::nullopt);
}

TEST(NumberFile, HasOneForEachLineThatBeginsWithOne) {
  EXPECT_EQ(numbers_in_lines("12\n4\n\n905\n"), (std::vector<std::uint64_t>{12, 4, 905}));
  EXPECT_EQ(numbers_in_lines("7\nmax\n8"), (std::vector<std::uint64_t>{7, 8}));
  EXPECT_TRUE(numbers_in_lines("").empty());
}

}  // namespace
}  // namespace forkjail::supervisor
