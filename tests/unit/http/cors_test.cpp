#include "http/cors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Cors& cors() {
  static const Cors kCors({"https://a.example", "http://localhost:3000"});
  return kCors;
}

Request preflight(std::string_view origin) {
  Request request;
  request.method = "OPTIONS";
  request.headers.set(RequestHeader::origin, std::string(origin));
  request.headers.set(RequestHeader::cors_method, "POST");
  return request;
}

Router make_router() {
  Route route;
  route.method = Method::post;
  route.path = "/execute";
  return Router({route});
}
const Router& router() {
  static const Router kRouter = make_router();
  return kRouter;
}

TEST(Cors, ParsesOriginsAsBrowsersWriteThem) {
  EXPECT_THAT(*parse_origins("https://a.example, http://localhost:3000 ,http://[::1]:80801"),
              ElementsAre("https://a.example", "http://localhost:3000", "http://[::1]:80801"));
  EXPECT_THAT(*parse_origins("chrome-extension://abc"), ElementsAre("chrome-extension://abc"));
  EXPECT_THAT(*parse_origins(""), ElementsAre());
  for (const char* wrong :
       {"*", "null", "a.example", "https://", "https://*.a.example", "https://a.example/",
        "https://A.example", "https://a.example:443", "http://a.example:80", ",https://a.example",
        "https://a\r\nb", "https://me@a.example", ","}) {
    EXPECT_FALSE(parse_origins(wrong)) << wrong;
  }
}

TEST(Cors, AllowsListedOriginsAlone) {
  EXPECT_THAT(cors().lines_for("https://a.example"),
              HasSubstr("\r\nAccess-Control-Allow-Origin: https://a.example\r\n"));
  for (const char* other : {"", "null", "https://b.example", "http://a.example",
                            "https://a.example.b", "https://a.example:8443", "https://A.example"}) {
    EXPECT_EQ(cors().lines_for(other), "\r\nVary: Origin") << other;
  }
}

TEST(Cors, NeverAllowsCredentialsOrEverybody) {
  const auto lines = cors().lines_for("https://a.example");
  EXPECT_THAT(lines, Not(HasSubstr("Credentials")));
  EXPECT_THAT(lines, Not(HasSubstr("*")));
  EXPECT_THAT(lines, HasSubstr("\r\nVary: Origin"));
  EXPECT_FALSE(lines.ends_with("\r\n"));
}

TEST(Cors, AnswersAPreflightWithWhatThePathTakes) {
  const auto answer = cors().answer_preflight(preflight("https://a.example"),
                                              router().match("OPTIONS", "/execute"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, kNoContent);
  const std::string head = response_head(*answer, {});
  EXPECT_THAT(head, HasSubstr("Access-Control-Allow-Methods: POST\r\n"));
  EXPECT_THAT(head, HasSubstr("Authorization"));
}

TEST(Cors, LeavesEverythingElseToTheRoutes) {
  const auto match = [](std::string_view path) { return router().match("OPTIONS", path); };
  EXPECT_FALSE(cors().answer_preflight(preflight("https://b.example"), match("/execute")));
  EXPECT_FALSE(cors().answer_preflight(preflight("https://a.example"), match("/nowhere")));
  Request no_preflight = preflight("https://a.example");
  no_preflight.headers.set(RequestHeader::cors_method, "");
  EXPECT_FALSE(cors().answer_preflight(no_preflight, match("/execute")));
  Request post = preflight("https://a.example");
  post.method = "POST";
  EXPECT_FALSE(cors().answer_preflight(post, router().match("POST", "/execute")));
}

TEST(Cors, HeadHasItsLinesBeforeItsEnd) {
  const std::string head = response_head(
      empty_response(202), {.date = "D", .more_lines = cors().lines_for("https://a.example")});
  EXPECT_THAT(head, HasSubstr("\r\nVary: Origin\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

}  // namespace
}  // namespace forkjail::http
