#include "server/callers/key_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forkjail::server {
namespace {

using http::RequestHeader;
using http::RequestHeaders;
using testing::HasSubstr;

KeyRow row(std::string name, std::string_view key) {
  KeyRow made;
  made.name = std::move(name);
  made.digest = digest_of(key);
  return made;
}

class KeyGateTest : public testing::Test {
 protected:
  // The status, 0 for one that is let in; `caller` is who.
  unsigned ask(const RequestHeaders& headers, std::string_view target = "/execute",
               bool open = false) {
    http::Route route;
    route.path = http::path_of_target(target);
    route.open = open;
    auto admitted = gate.admit({"POST", target, headers, peer}, route);
    caller.reset();
    if (auto* const refused = std::get_if<http::Response>(&admitted)) {
      answer = std::move(*refused);
      return answer.status;
    }
    caller = std::get<std::shared_ptr<http::Caller>>(std::move(admitted));
    return 0;
  }
  unsigned ask_with(RequestHeader header, std::string value) {
    RequestHeaders headers;
    headers.set(header, std::move(value));
    return ask(headers);
  }
  [[nodiscard]] std::string header(std::string_view name) const {
    for (const auto& each : answer.headers) {
      if (each.name == name) return each.value;
    }
    return {};
  }
  [[nodiscard]] std::string name() const {
    return caller == nullptr ? "nobody" : std::string(caller->name());
  }

  KeyRing ring{{row("me", "my key"), row("you", "your key")}};
  KeyGate gate{ring};
  boost::asio::ip::address peer;
  std::shared_ptr<http::Caller> caller;
  http::Response answer;
};

TEST_F(KeyGateTest, LetsInWithAKeyInEitherHeader) {
  EXPECT_EQ(ask_with(RequestHeader::authorization, "Bearer my key"), 0U);
  EXPECT_EQ(name(), "me");
  EXPECT_EQ(ask_with(RequestHeader::authorization, "bEARER   your key"), 0U);
  EXPECT_EQ(name(), "you");
  EXPECT_EQ(ask_with(RequestHeader::api_key, "my key"), 0U);
  EXPECT_EQ(name(), "me");
}

TEST_F(KeyGateTest, RefusesEverythingElse) {
  struct Row {
    RequestHeader header;
    std::string value;
    std::string_view error;
  };
  for (const auto& [which, value, error] :
       {Row{RequestHeader::accept, "x", "needs a key"},
        Row{RequestHeader::authorization, "my key", "needs a key"},
        Row{RequestHeader::authorization, "Basic bXkga2V5", "needs a key"},
        Row{RequestHeader::authorization, "Bearer", "needs a key"},
        Row{RequestHeader::authorization, "mykey", "unknown key"},
        Row{RequestHeader::authorization, "Bearer my keY", "unknown key"},
        Row{RequestHeader::authorization, "Bearer my key ", "unknown key"},
        Row{RequestHeader::api_key, "my ke", "unknown key"},
        Row{RequestHeader::api_key, "Bearer my key", "unknown key"},
        Row{RequestHeader::api_key, std::string(100'000, 'k'), "unknown key"},
        Row{RequestHeader::api_key, hex_of(digest_of("my key")), "unknown key"}}) {
    EXPECT_EQ(ask_with(which, value), 401U) << value;
    EXPECT_THAT(answer.body, HasSubstr(error));
    EXPECT_THAT(header("WWW-Authenticate"), testing::StartsWith("Bearer"));
    EXPECT_EQ(answer.body.find("my ke"), std::string::npos);
  }
}

TEST_F(KeyGateTest, RefusesTwoKeysEvenIfTheyAreOne) {
  RequestHeaders headers;
  headers.set(RequestHeader::authorization, "Bearer my key");
  headers.set(RequestHeader::api_key, "my key");
  EXPECT_EQ(ask(headers), 400U);
}

TEST_F(KeyGateTest, AsksForNoKeyOnOpenRoutesAlone) {
  EXPECT_EQ(ask({}, "/health", true), 0U);
  EXPECT_EQ(name(), "nobody");
  EXPECT_EQ(ask({}, "/health", false), 401U);
}

TEST_F(KeyGateTest, RefusesAKeyInTheUrl) {
  RequestHeaders headers;
  headers.set(RequestHeader::api_key, "my key");
  EXPECT_EQ(ask(headers, "/execute?api_key=my%20key"), 400U);
  EXPECT_EQ(answer.body.find("my"), std::string::npos);
  for (const std::string_view target :
       {"/x?a=1&TOKEN=x", "/x?key", "/x?a;access_token=", "/?auth=x"}) {
    EXPECT_TRUE(has_key_in_query(target)) << target;
  }
  for (const std::string_view target : {"/x", "/x?", "/x?monkey=1", "/key=1", "/x?a=key"}) {
    EXPECT_FALSE(has_key_in_query(target)) << target;
  }
}

TEST_F(KeyGateTest, RefusesAnExpiredKey) {
  KeyRow old = row("me", "my key");
  old.expires_at = parse_utc("2020-01-01");
  ring.replace({old});
  EXPECT_EQ(ask_with(RequestHeader::api_key, "my key"), 401U);
  EXPECT_THAT(answer.body, HasSubstr("expired"));
}

TEST_F(KeyGateTest, HoldsAKeyToItsRate) {
  KeyRow slow = row("me", "my key");
  slow.rate = {.per_s = 0.1, .burst = 2};
  ring.replace({slow, row("you", "your key")});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask_with(RequestHeader::api_key, "my key"), 0U);
  EXPECT_EQ(ask_with(RequestHeader::api_key, "my key"), 429U);
  EXPECT_GE(answer.retry_after_s, 9U);
  EXPECT_EQ(header("RateLimit-Policy"), "\"requests\";q=2;w=20");
  EXPECT_THAT(header("RateLimit"), testing::StartsWith("\"requests\";r=0;t="));
  EXPECT_EQ(ask_with(RequestHeader::api_key, "your key"), 0U);
  EXPECT_EQ(ring.callers()[0]->holder()->account.total().rate_limited, 1U);
}

TEST_F(KeyGateTest, KeepsCallersByNameWhenKeysAreReplaced) {
  EXPECT_EQ(ask_with(RequestHeader::api_key, "my key"), 0U);
  const auto before = caller;
  ring.replace({row("me", "my new key")});
  EXPECT_EQ(ask_with(RequestHeader::api_key, "my key"), 401U);
  EXPECT_EQ(ask_with(RequestHeader::api_key, "your key"), 401U);
  EXPECT_EQ(ask_with(RequestHeader::api_key, "my new key"), 0U);
  EXPECT_EQ(caller, before);
  EXPECT_EQ(ring.callers()[0]->holder()->account.total().requests, 2U);
}

TEST(Account, CountsTheHourAndTheDayThatGoOn) {
  Account account;
  const Account::Time noon = *parse_utc("2027-01-31T12:59:59Z");
  account.note({.requests = 1}, noon);
  account.note({.requests = 1}, noon + std::chrono::seconds(1));
  const auto later = noon + std::chrono::seconds(2);
  EXPECT_EQ(account.hour(later).counts.requests, 1U);
  EXPECT_EQ(utc_text(account.hour(later).since), "2027-01-31T13:00:00Z");
  EXPECT_EQ(account.day(later).counts.requests, 2U);
  EXPECT_EQ(account.day(later + std::chrono::hours(24)).counts.requests, 0U);
  EXPECT_EQ(account.total().requests, 2U);
}

TEST_F(KeyGateTest, HoldsTheAnswersOfThoseWhoGuessAndOfNobodyElse) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ask_with(RequestHeader::api_key, "guess"), 401U);
    EXPECT_EQ(answer.hold.count(), 0);
  }
  std::chrono::milliseconds longest{0};
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(ask_with(RequestHeader::api_key, "guess"), 401U);
    longest = std::max(longest, answer.hold);
  }
  EXPECT_GE(longest, std::chrono::milliseconds(1'500));
  EXPECT_LE(longest, std::chrono::milliseconds(2'100));
  EXPECT_EQ(ask_with(RequestHeader::api_key, "my key"), 0U);
}

}  // namespace
}  // namespace forkjail::server
