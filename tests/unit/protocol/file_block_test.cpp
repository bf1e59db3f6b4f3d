#include "protocol/file_block.h"

#include <gtest/gtest.h>

namespace forkjail::protocol {
namespace {

TEST(FileBlock, GivesBackWhatWasPutIn) {
  FileBlockWriter writer;
  writer.begin();
  writer.append("con");
  writer.append("tent");
  EXPECT_EQ(writer.content_bytes(), 7U);
  writer.end("a/b", FileEncoding::base64);
  writer.begin();
  writer.end("empty", FileEncoding::utf8);
  const std::string block = writer.take();
  FileBlockReader reader(block);
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->path, "a/b");
  EXPECT_EQ(first->content, "content");
  EXPECT_EQ(first->encoding, FileEncoding::base64);
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->path, "empty");
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(FileBlock, HasNoFilesBehindAMalformedOne) {
  FileBlockWriter writer;
  writer.begin();
  writer.end("path", FileEncoding::utf8);
  const std::string block = std::string(12, '\xFF') + writer.take();
  FileBlockReader reader(block);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.malformed());
}

TEST(FileBlock, IsMalformedWhereverItIsCut) {
  FileBlockWriter writer;
  writer.begin();
  writer.append("content");
  writer.end("path", FileEncoding::utf8);
  const std::string block = writer.take();
  for (std::size_t bytes = 1; bytes < block.size(); ++bytes) {
    FileBlockReader reader(std::string_view(block).substr(0, bytes));
    EXPECT_FALSE(reader.next()) << bytes;
    EXPECT_TRUE(reader.malformed()) << bytes;
  }
}

}  // namespace
}  // namespace forkjail::protocol
