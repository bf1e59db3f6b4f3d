// What libraries may write while they are preloaded: here without a mount namespace.
#include "zygote/preload_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "protocol/preload_directory.h"
#include "unit/temporary_directory.h"

namespace forkjail::zygote {
namespace {

namespace fs = std::filesystem;

class PreloadFilesTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  PreloadFilesTest() {
    base_ = temporary_.path();
    own_ = protocol::preload_directory(base_, ::getpid());
  }

  std::string base_;
  fs::path own_;
};

bool write_file(const char* path) {
  std::FILE* const file = std::fopen(path, "w");
  return file != nullptr && std::fclose(file) == 0;
}

TEST_F(PreloadFilesTest, lie_under_the_names_that_a_cell_has_as_long_as_they_are_wanted) {
  fs::create_directory(own_);
  {
    const auto files = PreloadFiles::begin({}, base_);
    ASSERT_TRUE(files.ok()) << files.error().to_string();
    EXPECT_TRUE(write_file("/scratch/work/a"));
    EXPECT_TRUE(write_file("/tmp/b"));
  }
  EXPECT_TRUE(fs::exists(own_ / "work/a"));
  EXPECT_TRUE(fs::exists(own_ / "tmp/b"));
  EXPECT_FALSE(write_file("/scratch/work/a"));
}

TEST_F(PreloadFilesTest, need_the_directory_that_the_jails_maker_makes) {
  EXPECT_FALSE(PreloadFiles::begin({}, base_).ok());
  EXPECT_FALSE(write_file("/scratch/work/a"));
}

}  // namespace
}  // namespace forkjail::zygote
