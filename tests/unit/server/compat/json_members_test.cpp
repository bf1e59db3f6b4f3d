#include "server/compat/json_members.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace forkjail::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::vector<std::pair<std::string, std::string>> members_of(std::string_view object) {
  std::vector<std::pair<std::string, std::string>> found;
  JsonMembers members(object);
  while (const auto member = members.next()) found.emplace_back(member->name, member->value);
  return found;
}

TEST(JsonMembers, AreNamesAndValuesAsTheyStand) {
  EXPECT_THAT(members_of(R"({"a":1,"b/c":"x\"}","d":{"e":[1,"}"]},"f":[],"g":null})"),
              ElementsAre(Pair("a", "1"), Pair("b/c", R"("x\"}")"), Pair("d", R"({"e":[1,"}"]})"),
                          Pair("f", "[]"), Pair("g", "null")));
}

TEST(JsonMembers, MayHaveSpaceBetweenThem) {
  EXPECT_THAT(members_of(" {\n \"a\" : [ 1 , 2 ] ,\t\"b\":true } "),
              ElementsAre(Pair("a", "[ 1 , 2 ]"), Pair("b", "true")));
}

TEST(JsonMembers, AreNoneOfWhatIsNoObject) {
  for (const std::string_view text : {"", "[1]", "1", "\"a\"", "{}", "{", "{\"a", "{\"a\"",
                                      "{\"a\":", "{\"a\":\"", "{\"a\":\"\\", "{1:2}", "{\"a\":}"}) {
    EXPECT_THAT(members_of(text), IsEmpty()) << text;
  }
}

TEST(JsonMembers, EndWhereTheTextDoes) {
  EXPECT_THAT(members_of(R"({"a":1,"b":{"c")"), ElementsAre(Pair("a", "1"), Pair("b", R"({"c")")));
}

}  // namespace
}  // namespace forkjail::server
