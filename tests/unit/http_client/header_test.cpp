#include "http_client/header.h"

#include <gtest/gtest.h>

namespace forkjail::http_client {
namespace {

TEST(HeaderField, IsANameAndAValueWithoutBlanksAround) {
  const auto header = parse_header_field("Authorization:  Bearer a:b \t");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->name, "Authorization");
  EXPECT_EQ(header->value, "Bearer a:b");
  EXPECT_TRUE(parse_header_field("X-Empty:"));
}

TEST(HeaderField, IsRefusedWhereItWouldBeAnotherMessage) {
  for (const char* text :
       {"", "no colon", ": x", "a b: x", "a: x\r\nb: y", "a: x\ny", "a: \x01", "Content-Length: 5",
        "transfer-encoding: chunked", "Connection: close"}) {
    EXPECT_FALSE(parse_header_field(text)) << text;
  }
}

TEST(HeaderField, ErrorDoesNotShowTheValue) {
  const auto header = parse_header_field("Connection: secret");
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().to_string().find("secret"), std::string::npos);
}

TEST(HeaderFields, AreOneALine) {
  const auto headers = parse_header_fields("a: 1\r\n\nb: 2\n");
  ASSERT_TRUE(headers);
  ASSERT_EQ(headers->size(), 2U);
  EXPECT_EQ(headers->back().value, "2");
  EXPECT_TRUE(parse_header_fields("").value().empty());
  EXPECT_FALSE(parse_header_fields("a: 1\nb"));
}

}  // namespace
}  // namespace forkjail::http_client
