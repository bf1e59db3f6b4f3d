#include "server/mcp/display_bundle.h"

#include <gtest/gtest.h>

namespace forkjail::server::mcp {
namespace {

TEST(DisplayBundle, FindsMembers) {
  const std::string_view json =
      R"({"a": {"b": ["}", 1]}, "image/png" : "AAEC" ,"n":1.5 , "s":"x\"}"})";
  EXPECT_EQ(member_of(json, "a"), R"({"b": ["}", 1]})");
  EXPECT_EQ(member_of(json, "image/png"), R"("AAEC")");
  EXPECT_EQ(member_of(json, "n"), "1.5");
  EXPECT_EQ(member_of(json, "s"), R"("x\"}")");
  EXPECT_EQ(member_of(json, "b"), std::nullopt);
  EXPECT_EQ(member_of("{}", "a"), std::nullopt);
}

TEST(DisplayBundle, StaysInsideOfBrokenText) {
  for (const std::string_view text :
       {"", "{", R"({")", R"({"a)", R"({"a")", R"({"a":)", R"({"a":")", R"({"a":[)", R"({"a":"\)",
        R"({"a"})", "[1]", R"({"a":1,)"}) {
    for (const std::string_view name : {"a", "b", ""}) {
      const auto value = member_of(text, name);
      if (!value) continue;
      EXPECT_LE(value->data() + value->size(), text.data() + text.size()) << text;
    }
  }
}

TEST(DisplayBundle, TakesOnlyPlainBase64) {
  EXPECT_EQ(base64_of(R"("AAEC")"), "AAEC");
  EXPECT_EQ(base64_of(R"("AA==")"), "AA==");
  for (const std::string_view other :
       {R"("")", R"("A")", R"("A\n==")", R"("<a>=")", "1", R"(")", R"("AAEC)", "null"}) {
    EXPECT_EQ(base64_of(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace forkjail::server::mcp
