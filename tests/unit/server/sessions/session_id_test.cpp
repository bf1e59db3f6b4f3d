#include "server/sessions/session_id.h"

#include <gtest/gtest.h>

namespace forkjail::server {
namespace {

TEST(SessionId, NamesItsInstanceAndIsNeverTheSame) {
  const auto first = new_session_id("a.b-1");
  const auto second = new_session_id("a.b-1");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->size(), std::string("a.b-1.").size() + 32);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(instance_of(*first), "a.b-1");
}

TEST(SessionId, HasOneForm) {
  const std::string secret = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(instance_of("x." + secret), "x");
  for (const std::string& text :
       {std::string(), secret, "." + secret, "x." + secret.substr(1), "x." + secret + "0",
        std::string("x.0123456789ABCDEF0123456789abcdef"), "x/y." + secret, "x\n." + secret,
        std::string(64, 'x') + "." + secret}) {
    EXPECT_FALSE(instance_of(text)) << text;
  }
}

TEST(SessionId, TakesAnyHostNameForAnInstance) {
  EXPECT_EQ(instance_name("web-0.example"), "web-0.example");
  EXPECT_EQ(instance_name("a b/\xC3\xA9"), "a-b---");
  EXPECT_EQ(instance_name(""), "forkjail");
  EXPECT_EQ(instance_name(std::string(100, 'x')).size(), 63U);
}

}  // namespace
}  // namespace forkjail::server
