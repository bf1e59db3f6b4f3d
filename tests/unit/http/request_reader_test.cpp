// What bytes mean, whole and in pieces. tests/fuzz has the same reader with bytes of all kinds.
#include "http/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/error.hpp>

namespace forkjail::http {
namespace {

using testing::HasSubstr;

// Gives it all in pieces of at most so many bytes; what is left unused waits for the next piece.
void feed(RequestReader& reader, std::string_view bytes, std::size_t piece_bytes) {
  std::string buffer;
  while (!bytes.empty() && !reader.refusal() && !reader.done()) {
    buffer += bytes.substr(0, piece_bytes);
    bytes.remove_prefix(std::min(piece_bytes, bytes.size()));
    while (!buffer.empty() && !reader.refusal() && !reader.done()) {
      const bool had_header = reader.header_done();
      const std::size_t taken = reader.take(buffer);
      buffer.erase(0, taken);
      if (taken == 0 && reader.header_done() == had_header) break;
    }
  }
}

// The status of a refusal; 200: a request; 0: it is not complete.
unsigned status_of(std::string_view bytes, std::size_t piece_bytes = 1 << 20) {
  const Limits limits;
  RequestReader reader(limits);
  feed(reader, bytes, piece_bytes);
  if (reader.refusal()) return reader.refusal()->status;
  return reader.done() ? 200 : 0;
}

std::string post(std::string_view headers, std::string_view body) {
  return "POST /x HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

TEST(RequestReader, reads_a_request_in_pieces_of_any_size) {
  const std::string chunked =
      post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=\"y\"\r\nde\r\n0\r\nT: u\r\n\r\n");
  for (const std::string& request : {post("Content-Length: 5\r\n", "abcde"), chunked}) {
    for (std::size_t piece_bytes = 1; piece_bytes <= request.size(); ++piece_bytes) {
      const Limits limits;
      RequestReader reader(limits);
      feed(reader, request, piece_bytes);
      ASSERT_TRUE(reader.done()) << piece_bytes;
      EXPECT_EQ(reader.take_body(), "abcde") << piece_bytes;
    }
  }
}

// Without a chunk before it, the last one is what the parser has the fewest bytes of.
TEST(RequestReader, reads_a_body_without_chunks_in_pieces_of_any_size) {
  for (const std::string_view body : {"0\r\n\r\n", "0;x\r\n\r\n", "00\r\nT: u\r\n\r\n"}) {
    const std::string request = post("Transfer-Encoding: chunked\r\n", body);
    for (std::size_t piece_bytes = 1; piece_bytes <= request.size(); ++piece_bytes) {
      EXPECT_EQ(status_of(request, piece_bytes), 200U) << body << piece_bytes;
    }
  }
}

TEST(RequestReader, takes_nothing_of_the_next_request) {
  const Limits limits;
  RequestReader reader(limits);
  const std::string first = post("Content-Length: 2\r\n", "hi");
  const std::string both = first + "GET /next HTTP/1.1\r\n";
  const std::size_t header_bytes = reader.take(both);
  EXPECT_TRUE(reader.header_done());
  EXPECT_EQ(header_bytes + reader.take(both.substr(header_bytes)), first.size());
  EXPECT_TRUE(reader.done());
}

TEST(RequestReader, refuses_header_fields_that_go_over_two_lines) {
  for (const char* fold : {"\r\n ", "\r\n\t", "\r\n  \r\n "}) {
    for (const std::string& request :
         {post("Content-Length:" + std::string(fold) + "2\r\n", "hi"),
          post("Transfer-Encoding:" + std::string(fold) + "chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
          post("X: a" + std::string(fold) + "b\r\n", "")}) {
      for (const std::size_t piece_bytes : {1U, 7U, 1U << 20U}) {
        EXPECT_EQ(status_of(request, piece_bytes), 400U) << request;
      }
    }
  }
}

TEST(RequestReader, a_blank_before_the_first_field_is_no_field) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n Host: x\r\n\r\n"), 400U);
}

TEST(RequestReader, bounds_a_header_that_comes_line_by_line) {
  const Limits limits;
  RequestReader reader(limits);
  std::size_t sent = reader.take("GET / HTTP/1.1\r\n");
  const std::string line = "X: " + std::string(1'000, 'y') + "\r\n";
  while (!reader.refusal() && sent < 10 * limits.header_bytes_max) sent += reader.take(line + "Z");
  ASSERT_TRUE(reader.refusal());
  EXPECT_EQ(reader.refusal()->status, 431U);
  EXPECT_LE(sent, limits.header_bytes_max + line.size());
}

TEST(RequestReader, takes_a_header_of_just_the_limit) {
  const Limits limits;
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
  const std::string ends = "X: \r\n\r\n";
  const std::string filling(limits.header_bytes_max - start.size() - ends.size(), 'y');
  for (const std::size_t piece_bytes : {1U, 100U, 1U << 20U}) {
    EXPECT_EQ(status_of(start + "X: " + filling + "\r\n\r\n", piece_bytes), 200U) << piece_bytes;
    EXPECT_EQ(status_of(start + "X: " + filling + "z\r\n\r\n", piece_bytes), 431U) << piece_bytes;
  }
}

TEST(RequestReader, names_the_target_where_it_is_what_has_no_end) {
  EXPECT_EQ(status_of("GET /" + std::string(20'000, 'x')), 414U);
  EXPECT_EQ(status_of("GET /" + std::string(20'000, 'x'), 100), 414U);
}

TEST(RequestReader, bounds_bodies_and_chunk_extensions) {
  EXPECT_EQ(status_of(post("Content-Length: 10485761\r\n", "x")), 413U);
  EXPECT_EQ(status_of(post("Transfer-Encoding: chunked\r\n", "a00001\r\nx")), 413U);
  std::string chunks;
  for (int i = 0; i < 10; ++i) chunks += "1;" + std::string(500, 'x') + "\r\na\r\n";
  EXPECT_EQ(status_of(post("Transfer-Encoding: chunked\r\n", chunks)), 400U);
}

TEST(RequestReader, refuses_a_length_in_the_trailers) {
  EXPECT_EQ(status_of(post("Transfer-Encoding: chunked\r\n", "0\r\nContent-Length: 5\r\n\r\n")),
            400U);
}

TEST(RequestReader, knows_who_waits_to_be_welcomed) {
  const Limits limits;
  RequestReader waits(limits);
  waits.take(post("Content-Length: 2\r\nExpect: 100-continue\r\n", ""));
  EXPECT_TRUE(waits.expects_welcome());
  RequestReader has_nothing_to_send(limits);
  has_nothing_to_send.take(post("Expect: 100-continue\r\n", ""));
  EXPECT_FALSE(has_nothing_to_send.expects_welcome());
  EXPECT_EQ(status_of(post("Content-Length: 2\r\nExpect: tea\r\n", "")), 417U);
}

TEST(RequestReader, refuses_two_of_what_has_one_value) {
  EXPECT_EQ(status_of(post("Authorization: a\r\nauthorization: a\r\n", "")), 400U);
  EXPECT_EQ(status_of(post("Accept: a\r\nAccept: b\r\n", "")), 200U);
}

TEST(RequestReader, says_why_a_body_broke_off) {
  const Limits limits;
  RequestReader reader(limits);
  reader.take(post("Content-Length: 2\r\n", ""));
  reader.break_off(boost::asio::error::eof);
  EXPECT_EQ(reader.refusal()->status, 400U);
  EXPECT_THAT(reader.refusal()->message, HasSubstr("incomplete"));
}

}  // namespace
}  // namespace forkjail::http
