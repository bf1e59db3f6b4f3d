#include "server/page/page_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "server/page/page_routes.h"

namespace forkjail::server {
namespace {

using http::RequestHeader;

constexpr PageFile kPage{"/",     "index.html", "abcd",    Caching::revalidate,
                         "plain", "zipped",     "brotlied"};
constexpr PageFile kScript{"/page/x.1.js", "x.1.js", "ef01",    Caching::immutable,
                           "plain",        "zipped", "brotlied"};

http::RequestHeaders headers(std::string accept_encoding, std::string if_none_match = "") {
  http::RequestHeaders made;
  made.set(RequestHeader::accept_encoding, std::move(accept_encoding));
  made.set(RequestHeader::if_none_match, std::move(if_none_match));
  return made;
}

std::string header(const http::Response& response, std::string_view name) {
  const auto found = std::ranges::find(response.headers, name, &http::ResponseHeader::name);
  return found == response.headers.end() ? "" : found->value;
}

TEST(PageResponse, HasTheFormThatIsAccepted) {
  const auto plain = page_response(kPage, headers(""));
  EXPECT_EQ(plain.body, "plain");
  EXPECT_EQ(header(plain, "Content-Encoding"), "");
  const auto gzip = page_response(kPage, headers("gzip"));
  EXPECT_EQ(gzip.body, "zipped");
  EXPECT_EQ(header(gzip, "Content-Encoding"), "gzip");
  const auto brotli = page_response(kPage, headers("gzip, br"));
  EXPECT_EQ(brotli.body, "brotlied");
  EXPECT_EQ(header(brotli, "Content-Encoding"), "br");
  for (const auto* each : {&plain, &gzip, &brotli}) {
    EXPECT_EQ(header(*each, "Vary"), "Accept-Encoding");
    EXPECT_EQ(each->content_type, "text/html; charset=utf-8");
  }
}

TEST(PageResponse, EachFormHasATagOfItsOwn) {
  EXPECT_EQ(header(page_response(kPage, headers("")), "ETag"), "\"abcd\"");
  EXPECT_EQ(header(page_response(kPage, headers("gzip")), "ETag"), "\"abcd-gzip\"");
  EXPECT_EQ(header(page_response(kPage, headers("br")), "ETag"), "\"abcd-br\"");
}

TEST(PageResponse, IsNotSentToAClientThatHasIt) {
  for (const char* known : {"\"abcd-br\"", "W/\"abcd-br\"", "\"x\", \"abcd-br\"", "*", " , * "}) {
    const auto response = page_response(kPage, headers("br", known));
    EXPECT_EQ(response.status, 304U) << known;
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(header(response, "ETag"), "\"abcd-br\"");
    EXPECT_EQ(header(response, "Content-Encoding"), "");
  }
  for (const char* other :
       {"\"abcd\"", "\"abcd-gzip\"", "abcd-br", "", ",,,", "W/", "\"ABCD-BR\""}) {
    EXPECT_EQ(page_response(kPage, headers("br", other)).status, 200U) << other;
  }
}

TEST(PageResponse, WhatNeverChangesIsKeptAndThePageItselfIsAskedForAgain) {
  EXPECT_EQ(page_response(kPage, {}).cache_control, "no-cache");
  EXPECT_THAT(std::string(page_response(kScript, {}).cache_control),
              testing::HasSubstr("immutable"));
  EXPECT_EQ(page_response(kScript, {}).content_type, "text/javascript; charset=utf-8");
}

TEST(PageResponse, ItsPolicyLetsNoTextBecomeAScriptOrStyle) {
  for (const PageFile& file : {kPage, kScript}) {
    const std::string policy = header(page_response(file, {}), "Content-Security-Policy");
    EXPECT_THAT(policy, testing::StartsWith("default-src 'none'"));
    EXPECT_THAT(policy, testing::HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, testing::HasSubstr("require-trusted-types-for 'script'"));
    EXPECT_THAT(policy, testing::Not(testing::HasSubstr("unsafe")));
    EXPECT_THAT(policy, testing::Not(testing::HasSubstr("http")));
  }
}

TEST(PageRoutes, AreOpenAndThereIsOneForEachFile) {
  const std::array files{kPage, kScript};
  const auto routes = page_routes(files);
  ASSERT_EQ(routes.size(), 2U);
  EXPECT_EQ(routes[1].path, kScript.path);
  EXPECT_TRUE(std::ranges::all_of(routes, &http::Route::open));
}

TEST(PageRoutes, WithoutFilesTwoPathsSayWhy) {
  const auto routes = page_routes({});
  ASSERT_EQ(routes.size(), 2U);
  EXPECT_EQ(routes[0].path, "/");
  EXPECT_EQ(routes[1].path, "/docs");
  EXPECT_TRUE(std::ranges::all_of(routes, &http::Route::open));
}

}  // namespace
}  // namespace forkjail::server
