#include "http/request_ids.h"

#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

TEST(RequestIds, KeepsTheClientsOwnWhereItHasTheForm) {
  RequestIds ids({1, 2});
  for (const std::string& id :
       {std::string("a"), std::string("4bf9-A.b_c"), std::string(128, 'x')}) {
    EXPECT_EQ(ids.choose(id), id);
  }
}

TEST(RequestIds, MakesANewOneForAnythingElse) {
  RequestIds ids({1, 2});
  for (const std::string& sent :
       {std::string(), std::string(129, 'x'), std::string("a b"), std::string("a\r\nb"),
        std::string("\xC3\xA9"), std::string("a\0b", 3), std::string("a, b")}) {
    EXPECT_FALSE(is_request_id(sent));
    const std::string id = ids.choose(sent);
    EXPECT_TRUE(is_request_id(id)) << id;
    EXPECT_EQ(id.size(), 32U);
  }
}

TEST(RequestIds, NewOnesDifferAndDependOnTheSecret) {
  RequestIds ids({1, 2});
  RequestIds others({1, 3});
  const std::string first = ids.choose("");
  EXPECT_NE(first, ids.choose(""));
  EXPECT_NE(first, others.choose(""));
}

}  // namespace
}  // namespace forkjail::http
