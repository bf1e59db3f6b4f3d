#include "server/compat/e2b_query.h"

#include <gmock/gmock.h>

namespace forkjail::server {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::SizeIs;

TEST(E2bQuery, MembersAreDecoded) {
  EXPECT_THAT(query_members("a=1&b=%41%2fc+d&e&=f&&g=%4&h=%zz&i=a=b"),
              ElementsAre(Pair("a", "1"), Pair("b", "A/c d"), Pair("e", ""), Pair("", "f"),
                          Pair("g", "%4"), Pair("h", "%zz"), Pair("i", "a=b")));
  EXPECT_EQ(query_member("path=a%20b&path=c", "path"), "a b");
  EXPECT_EQ(query_member("paths=a", "path"), "");
  EXPECT_THAT(query_members(std::string(10'000, '&') + "a=b"), SizeIs(1));
}

TEST(E2bQuery, NoMoreMembersThanAHundred) {
  std::string query;
  for (int i = 0; i < 1'000; ++i) query += "a=b&";
  EXPECT_THAT(query_members(query), SizeIs(100));
}

TEST(E2bFilter, TakesWhatHasTheMetadata) {
  const std::string_view metadata = R"({"user":"abc","app":"a&b=c"})";
  const auto takes = [metadata](std::string_view query) {
    return E2bFilter(query).takes("running", "base", metadata);
  };
  EXPECT_TRUE(takes(""));
  EXPECT_TRUE(takes("limit=5&metadata=user%3Dabc"));
  EXPECT_TRUE(takes("metadata=user%3Dabc%26app%3Da%252526b%25253Dc"));
  EXPECT_FALSE(takes("metadata=user%3Dab"));
  EXPECT_FALSE(takes("metadata=user%3Dabc%26other%3D1"));
  EXPECT_FALSE(E2bFilter("metadata=user%3Dabc").takes("running", "base", "{}"));
}

TEST(E2bFilter, TellsRunningSandboxesFromPausedOnes) {
  EXPECT_TRUE(E2bFilter("state=running%2Cpaused").takes("running", "base", "{}"));
  EXPECT_TRUE(E2bFilter("state=paused&state=running").takes("running", "base", "{}"));
  EXPECT_FALSE(E2bFilter("state=paused").takes("running", "base", "{}"));
  EXPECT_TRUE(E2bFilter("state=paused").takes("paused", "base", "{}"));
  EXPECT_TRUE(E2bFilter("").takes("paused", "base", "{}"));
}

TEST(E2bFilter, TellsOneTemplateFromAnother) {
  EXPECT_TRUE(E2bFilter("template=base").takes("running", "base", "{}"));
  EXPECT_FALSE(E2bFilter("template=other").takes("running", "base", "{}"));
}

TEST(E2bFilter, NamesWhatItDoesNotKnow) {
  EXPECT_EQ(E2bFilter("limit=1&order=asc&nextToken=a&state=running").unknown(), "");
  EXPECT_EQ(E2bFilter("startedAfter=2026-01-01").unknown(), "startedAfter");
}

}  // namespace
}  // namespace forkjail::server
