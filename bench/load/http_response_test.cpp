#include "load/http_response.h"

#include <gtest/gtest.h>

namespace forkjail::load {
namespace {

constexpr std::string_view kPlain =
    "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello";
constexpr std::string_view kChunked =
    "HTTP/1.1 422 Unprocessable\r\ntransfer-encoding: chunked\r\n\r\n"
    "3;x=y\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: t\r\n\r\n";

TEST(HttpResponse, reads_a_body_of_known_length) {
  HttpResponse response;
  EXPECT_EQ(response.feed(kPlain), kPlain.size());
  EXPECT_TRUE(response.done());
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.body_bytes(), 5U);
  EXPECT_TRUE(response.keep_alive());
}

TEST(HttpResponse, reads_the_same_however_the_bytes_are_cut) {
  for (const std::string_view text : {kPlain, kChunked}) {
    for (std::size_t step = 1; step < text.size(); ++step) {
      HttpResponse response;
      std::string_view rest = text;
      while (!rest.empty()) {
        const std::size_t taken = response.feed(rest.substr(0, step));
        ASSERT_GT(taken, 0U);
        rest.remove_prefix(taken);
      }
      EXPECT_TRUE(response.done());
      EXPECT_EQ(response.body_bytes(), text == kPlain ? 5U : 19U);
    }
  }
}

TEST(HttpResponse, stops_at_the_end_of_its_response) {
  const std::string two = std::string(kPlain) + std::string(kChunked);
  HttpResponse response;
  EXPECT_EQ(response.feed(two), kPlain.size());
  response.reset();
  EXPECT_EQ(response.feed(std::string_view(two).substr(kPlain.size())), kChunked.size());
  EXPECT_EQ(response.status(), 422);
}

TEST(HttpResponse, reads_a_body_that_ends_with_the_connection) {
  HttpResponse response;
  response.feed("HTTP/1.0 200 OK\r\n\r\nabc");
  EXPECT_FALSE(response.done());
  response.end_of_stream();
  EXPECT_TRUE(response.done());
  EXPECT_FALSE(response.keep_alive());
}

TEST(HttpResponse, skips_an_interim_response) {
  HttpResponse response;
  response.feed("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_FALSE(response.done());
  response.feed(kPlain);
  EXPECT_EQ(response.status(), 200);
}

TEST(HttpResponse, honours_connection_close) {
  HttpResponse response;
  response.feed("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(response.done());
  EXPECT_FALSE(response.keep_alive());
}

TEST(HttpResponse, refuses_what_is_not_a_response) {
  const std::string too_long = "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x');
  for (const std::string_view text :
       {std::string_view("SSH-2.0-x\r\n\r\n"), std::string_view("HTTP/1.1 2x0 OK\r\n\r\n"),
        std::string_view("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        std::string_view("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        std::string_view(too_long)}) {
    HttpResponse response;
    response.feed(text);
    EXPECT_TRUE(response.malformed()) << text.substr(0, 40);
  }
}

TEST(HttpResponse, an_early_end_is_malformed) {
  HttpResponse response;
  response.feed(kPlain.substr(0, kPlain.size() - 1));
  response.end_of_stream();
  EXPECT_TRUE(response.malformed());
}

}  // namespace
}  // namespace forkjail::load
