#include "server/compat/e2b_ids.h"

#include <gmock/gmock.h>

#include "server/sessions/session_id.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";

TEST(E2bIds, AreTheSessionsTheOtherWayRound) {
  const std::string id = e2b_id_of_session("my.host-1." + std::string(kSecret));
  EXPECT_EQ(id, std::string(kSecret) + "-my.host-1");
  EXPECT_EQ(session_of_e2b_id(id), "my.host-1." + std::string(kSecret));
}

TEST(E2bIds, AreToldFromOtherTexts) {
  const std::string secret(kSecret);
  const std::vector<std::string> texts{"",
                                       secret,
                                       secret + "-",
                                       secret + ".a",
                                       secret.substr(1) + "-a",
                                       "0123456789ABCDEF0123456789ABCDEF-a",
                                       secret + "-a/b",
                                       secret + "-" + std::string(64, 'a'),
                                       "debug_sandbox_id",
                                       "a." + secret};
  for (const std::string& text : texts) {
    EXPECT_EQ(session_of_e2b_id(text), std::nullopt) << text;
  }
}

TEST(E2bIds, TokensDiffer) {
  const auto one = new_e2b_token();
  const auto two = new_e2b_token();
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->size(), 32U);
  EXPECT_TRUE(equal_tokens(*one, *one));
  EXPECT_FALSE(equal_tokens(*one, *two));
  EXPECT_FALSE(equal_tokens(*one, one->substr(1)));
  EXPECT_FALSE(equal_tokens("", *one));
}

}  // namespace
}  // namespace forkjail::server
