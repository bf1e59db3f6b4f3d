#include "server/mcp/tool_result.h"

#include <gtest/gtest.h>

namespace forkjail::server::mcp {
namespace {

TEST(ToolResult, WritesBlocks) {
  ToolResult result;
  EXPECT_TRUE(result.empty());
  result.add_text("a\"\n");
  result.add_image("AAEC", "image/png");
  result.add_image_bytes("\x01", "image/png");
  result.add_link("u", "n", "text/csv", 7);
  result.add_file("u", "text/plain", "x");
  result.add_file("u", "a/b", std::string_view("\0", 1));
  EXPECT_EQ(result.take(),
            R"({"content":[{"type":"text","text":"a\"\n"},)"
            R"({"type":"image","data":"AAEC","mimeType":"image/png"},)"
            R"({"type":"image","data":"AQ==","mimeType":"image/png"},)"
            R"({"type":"resource_link","uri":"u","name":"n","mimeType":"text/csv","size":7},)"
            R"({"type":"resource","resource":{"uri":"u","mimeType":"text/plain","text":"x"}},)"
            R"({"type":"resource","resource":{"uri":"u","mimeType":"a/b","blob":"AA=="}}],)"
            R"("isError":false})");
}

TEST(ToolResult, TellsErrors) {
  EXPECT_EQ(error_result("no").take(),
            R"({"content":[{"type":"text","text":"no"}],"isError":true})");
}

TEST(Shortened, KeepsStartAndEnd) {
  EXPECT_EQ(shortened("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(shortened("abcdefghijklmnopqrst", 8), "abcdef\n[... 12 bytes left out ...]\nst");
}

TEST(Shortened, CutsNoCharacterInTwo) {
  const std::string text = "abcde\xC3\xA4" + std::string(20, 'x') + "\xC3\xA4z";
  EXPECT_EQ(shortened(text, 8), "abcde\n[... 24 bytes left out ...]\nz");
}

}  // namespace
}  // namespace forkjail::server::mcp
