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

}  // namespace
}  // namespace forkjail::supervisor
