#include "server/api/event_framing.h"

#include <gtest/gtest.h>

#include "json/utf8.h"

namespace forkjail::server {
namespace {

std::string event(std::string_view data) {
  std::string text;
  append_event(text, "e", data);
  return text;
}

TEST(AppendEvent, WritesNameDataAndAnEmptyLine) {
  EXPECT_EQ(event(R"({"a":1})"), "event: e\ndata: {\"a\":1}\n\n");
  EXPECT_EQ(event(""), "event: e\ndata: \n\n");
}

TEST(AppendEvent, NoLineBreakEndsAnEvent) {
  for (const char* line_break : {"\n", "\r", "\r\n"}) {
    EXPECT_EQ(event("[1," + std::string(line_break) + "2]"), "event: e\ndata: [1,\ndata: 2]\n\n");
  }
  EXPECT_EQ(event("\n\nevent: forged"), "event: e\ndata: \ndata: \ndata: event: forged\n\n");
  EXPECT_EQ(event("a\n"), "event: e\ndata: a\ndata: \n\n");
}

// What the texts are together, once what is invalid is replaced, as in an answer.
std::string told(std::string_view bytes, std::size_t piece_bytes) {
  TextPieces pieces;
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
    json::append_valid_utf8(text, pieces.take(bytes.substr(at, piece_bytes)));
    EXPECT_LE(pieces.rest().size(), 3U);
  }
  json::append_valid_utf8(text, pieces.rest());
  return text;
}

TEST(TextPieces, TogetherAreTheWholeText) {
  for (const std::string_view bytes :
       {std::string_view("plain"), std::string_view("\xC3\xA9t\xC3\xA9"),
        std::string_view("\xE2\x82\xAC\xF0\x9F\x90\x8D!"),
        std::string_view("\xFF\xC3(\xE2\x82z\x80"), std::string_view("\xF0\x9F\x90"),
        std::string_view("a\0b\xED\xA0\x80", 6)}) {
    std::string whole;
    json::append_valid_utf8(whole, bytes);
    for (std::size_t piece_bytes = 1; piece_bytes <= bytes.size(); ++piece_bytes) {
      EXPECT_EQ(told(bytes, piece_bytes), whole) << piece_bytes;
    }
  }
}

TEST(TextPieces, HoldBackACutSequence) {
  TextPieces pieces;
  EXPECT_EQ(pieces.take("a\xE2\x82"), "a");
  EXPECT_EQ(pieces.take("\xAC"), "\xE2\x82\xAC");
  EXPECT_EQ(pieces.rest(), "");
}

}  // namespace
}  // namespace forkjail::server
