#include "http/field_text.h"

#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

TEST(FieldText, ComparesNamesWithoutTheCaseOfTheirLetters) {
  EXPECT_TRUE(equal_ignoring_case("Accept-Encoding", "aCCEPT-encoding"));
  EXPECT_FALSE(equal_ignoring_case("gzip", "gzi"));
  EXPECT_FALSE(equal_ignoring_case("@[", "`{"));  // which differ from each other by the same bit
  EXPECT_TRUE(starts_ignoring_case("BEARER key", "bearer "));
  EXPECT_FALSE(starts_ignoring_case("bea", "bearer "));
}

TEST(FieldText, TakesMembersOneAfterTheOther) {
  std::string_view rest = " gzip;q=1 ,\tbr,";
  EXPECT_EQ(take_until(rest, ','), "gzip;q=1");
  EXPECT_EQ(take_until(rest, ','), "br");
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(take_until(rest, ','), "");
}

}  // namespace
}  // namespace forkjail::http
