// Files of a request, in a directory of the test's own.
#include "zygote/request_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "protocol/file_block.h"
#include "unit/temporary_directory.h"

namespace forkjail::zygote {
namespace {

namespace fs = std::filesystem;

class RequestFilesTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  void SetUp() override {
    top_ = temporary_.path();
    before_ = fs::current_path();
    fs::current_path(top_);
  }
  void TearDown() override { fs::current_path(before_); }

  void add(std::string_view path, std::string_view content,
           protocol::FileEncoding encoding = protocol::FileEncoding::utf8) {
    writer_.begin();
    writer_.append(content);
    writer_.end(path, encoding);
  }
  [[nodiscard]] std::string text_of(const fs::path& path) const {
    std::stringstream text;
    text << std::ifstream(top_ / path).rdbuf();
    return text.str();
  }

  fs::path top_;
  fs::path before_;
  protocol::FileBlockWriter writer_;
};

TEST_F(RequestFilesTest, AreWrittenDecodedWithTheirFolders) {
  add("a.txt", "hi");
  add("d/e/b.bin", "AAH/\n", protocol::FileEncoding::base64);
  const auto placed = place_files(writer_.take(), false);
  ASSERT_TRUE(placed);
  EXPECT_TRUE(placed->empty());
  EXPECT_EQ(text_of("a.txt"), "hi");
  EXPECT_EQ(text_of("d/e/b.bin"), std::string("\0\1\xFF", 3));
}

TEST_F(RequestFilesTest, AreKnownByTheirContent) {
  add("b", "12345");
  add("a", "12346");
  const auto placed = place_files(writer_.take(), true);
  ASSERT_TRUE(placed);
  ASSERT_EQ(placed->size(), 2U);
  EXPECT_EQ(placed->at(0).path, "a");
  EXPECT_EQ(placed->at(1).size, 5U);
  EXPECT_NE(placed->at(0).hash, placed->at(1).hash);
  ContentHash pieces;
  pieces.add("123");
  pieces.add("45");
  EXPECT_EQ(placed->at(1).hash, pieces.value());
}

TEST_F(RequestFilesTest, FollowNoLinkAndOverwriteNothing) {
  fs::create_symlink(top_ / "elsewhere", top_ / "link");
  add("link", "x");
  const auto placed = place_files(writer_.take(), false);
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().sys_errno, EEXIST);
  EXPECT_FALSE(fs::exists(top_ / "elsewhere"));
}

TEST_F(RequestFilesTest, OfAMalformedBlockAreAnError) {
  EXPECT_FALSE(place_files("not a block", false));
}

}  // namespace
}  // namespace forkjail::zygote
