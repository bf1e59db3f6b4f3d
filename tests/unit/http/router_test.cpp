// Which route a method and a path lead to, and what of the path its parameters take.
#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void loud_error(Response& response, std::string_view message) {
  response.body = "!" + std::string(message);
}

class RouterTest : public testing::Test {
 protected:
  // "METHOD pattern" of the route, or its refusal's status.
  std::string found(std::string_view method, std::string_view path) const {
    const RouteMatch match = router.match(method, path);
    EXPECT_NE(match.route == nullptr, !match.refusal);
    if (match.refusal) return std::to_string(match.refusal->status);
    return std::to_string(static_cast<int>(match.route->method)) + " " +
           std::string(match.route->path);
  }

  std::vector<std::string> parameters(std::string_view path) const {
    std::vector<std::string> texts;
    for (const auto& [name, value] : router.match("GET", path).parameters) {
      texts.push_back(std::string(name) + "=" + value);
    }
    return texts;
  }

  const Router router{{
      {.path = "/sessions/{id}", .handler = {}},
      {.method = Method::remove, .path = "/sessions/{id}", .handler = {}},
      {.path = "/sessions/{id}/files/{path...}", .errors = loud_error, .handler = {}},
      {.method = Method::put,
       .path = "/sessions/{id}/files/{path...}",
       .body_bytes_max = 77,
       .handler = {}},
      {.path = "/sessions/mine", .handler = {}},
      {.method = Method::post,
       .path = "/sessions",
       .errors = loud_error,
       .handler = {},
       .has_request_id = true},
      {.path = "/", .handler = {}},
  }};
};

TEST_F(RouterTest, TakesMethodAndPath) {
  EXPECT_EQ(found("GET", "/"), "0 /");
  EXPECT_EQ(found("HEAD", "/"), "0 /");
  EXPECT_EQ(found("POST", "/sessions"), "1 /sessions");
  EXPECT_EQ(found("DELETE", "/sessions/a"), "3 /sessions/{id}");
  EXPECT_EQ(found("PUT", "/sessions/a/files/b/c"), "2 /sessions/{id}/files/{path...}");
  EXPECT_EQ(router.body_bytes_max(), 77U);
}

TEST_F(RouterTest, PrefersAPathWithoutParameters) {
  EXPECT_EQ(found("GET", "/sessions/mine"), "0 /sessions/mine");
  EXPECT_EQ(found("GET", "/sessions/yours"), "0 /sessions/{id}");
}

TEST_F(RouterTest, KnowsNoPathThatOnlyLooksLikeOne) {
  for (const char* path :
       {"", "sessions", "/sessions/", "/sessions//", "//sessions", "/sessions/a/",
        "/sessions/a/files", "/sessions/a/files/", "/sessions/a/b", "/Sessions", "/%73essions",
        "/sessions//files/x", "*", "/../sessions"}) {
    EXPECT_EQ(found("GET", path), "404") << path;
  }
}

TEST_F(RouterTest, NamesTheMethodsOfAPath) {
  const RouteMatch match = router.match("PATCH", "/sessions/a");
  ASSERT_TRUE(match.refusal);
  EXPECT_EQ(match.refusal->status, 405U);
  EXPECT_EQ(match.refusal->allow, "GET, HEAD, DELETE");
  EXPECT_EQ(match.refusal->body, R"({"error":"/sessions/{id} takes GET, HEAD, DELETE"})");
  EXPECT_EQ(found("get", "/"), "405");
}

TEST_F(RouterTest, GivesErrorsTheFormOfTheirPath) {
  const RouteMatch wrong_method = router.match("GET", "/sessions");
  EXPECT_EQ(wrong_method.refusal->body, "!/sessions takes POST");
  EXPECT_TRUE(wrong_method.has_request_id);
  EXPECT_EQ(wrong_method.errors, loud_error);
  EXPECT_THAT(router.match("GET", "/sessions/a/files/%").refusal->body, HasSubstr("!the path"));
  EXPECT_EQ(router.match("PUT", "/sessions/a/files/b").errors, plain_error);
  EXPECT_EQ(router.match("GET", "/none").errors, plain_error);
}

TEST_F(RouterTest, DecodesParametersOnce) {
  EXPECT_THAT(parameters("/sessions/a%2Db"), ElementsAre("id=a-b"));
  EXPECT_THAT(parameters("/sessions/%2541"), ElementsAre("id=%41"));
  EXPECT_THAT(parameters("/sessions/x/files/a%20b/%C3%A9%2fd+..."),
              ElementsAre("id=x", "path=a b/\xC3\xA9/d+..."));
  EXPECT_THAT(parameters("/sessions/x/files//a//"), ElementsAre("id=x", "path=/a//"));
  EXPECT_THAT(parameters("/sessions/mine"), ElementsAre());
}

TEST_F(RouterTest, RefusesParametersThatCanBeReadInTwoWays) {
  for (const char* path :
       {"/sessions/%", "/sessions/%4", "/sessions/%zz", "/sessions/%-1", "/sessions/%00",
        "/sessions/a%2Fb", "/sessions/..", "/sessions/%2e%2E", "/sessions/%FF", "/sessions/%C3",
        "/sessions/%ED%A0%80", "/sessions/%C0%AF", "/sessions/x/files/..",
        "/sessions/x/files/a/../b", "/sessions/x/files/a%2F..%2fb", "/sessions/x/files/a/%2e.",
        "/sessions/x/files/a%00", "/sessions/../files/a", "/sessions/%/files/a"}) {
    EXPECT_EQ(found("GET", path), "400") << path;
    EXPECT_TRUE(parameters(path).empty()) << path;
  }
}

TEST(PathOfTarget, LeavesOutHostAndQuery) {
  EXPECT_EQ(path_of_target("/a?b#c"), "/a");
  EXPECT_EQ(path_of_target("http://x/a?b"), "/a");
  EXPECT_EQ(path_of_target("http://x"), "/");
  EXPECT_EQ(path_of_target("/a://b"), "/a://b");
}

}  // namespace
}  // namespace forkjail::http
