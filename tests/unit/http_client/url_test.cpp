#include "http_client/url.h"

#include <gtest/gtest.h>

namespace forkjail::http_client {
namespace {

TEST(Url, HasADefaultPortAndNoPrefix) {
  const auto plain = parse_url("http://example.org");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->host, "example.org");
  EXPECT_EQ(plain->port, "80");
  EXPECT_EQ(plain->prefix, "");
  EXPECT_EQ(host_header(*plain), "example.org");

  const auto tls = parse_url("https://example.org/");
  ASSERT_TRUE(tls);
  EXPECT_TRUE(tls->tls);
  EXPECT_EQ(tls->port, "443");
  EXPECT_EQ(tls->prefix, "");
}

TEST(Url, MayNameAPortAPrefixAndAnAddress) {
  const auto url = parse_url("https://[::1]:8443/sandbox/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, "8443");
  EXPECT_EQ(url->prefix, "/sandbox");
  EXPECT_EQ(host_header(*url), "[::1]:8443");
}

TEST(Url, IsRefusedInAnyOtherForm) {
  for (const char* text : {"", "example.org", "ftp://example.org", "http://", "http:///x",
                           "http://:80", "http://a:", "http://a:0", "http://a:65536", "http://a:8o",
                           "http://a b", "http://user:pass@a", "http://a/?q", "http://a/#f",
                           "http://a\r\nHost: b", "http://[::1", "http://[]"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

}  // namespace
}  // namespace forkjail::http_client
