#include "supervisor/preload_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;

class PreloadDirectoryTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  PreloadDirectoryTest() { path_ = temporary_.path().string() + "/zygote-7"; }

  std::string path_;
};

TEST_F(PreloadDirectoryTest, is_its_owners_alone) {
  const uid_t owner = ::geteuid() == 0 ? 12'345 : 0;
  const PreloadDirectory directory(path_);
  ASSERT_TRUE(directory.make(owner).ok());
  struct stat found{};
  ASSERT_EQ(::stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0700);
  EXPECT_EQ(found.st_uid, owner != 0 ? owner : ::geteuid());
}

TEST_F(PreloadDirectoryTest, goes_with_all_that_is_in_it) {
  PreloadDirectory directory(path_);
  ASSERT_TRUE(directory.make(0).ok());
  fs::create_directories(path_ + "/tmp/matplotlib");
  std::ofstream(path_ + "/tmp/matplotlib/fonts") << "x";
  directory.remove();
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(PreloadDirectoryTest, goes_once_and_with_its_last_owner) {
  {
    PreloadDirectory first(path_);
    ASSERT_TRUE(first.make(0).ok());
    {
      const PreloadDirectory second(std::move(first));
    }
    EXPECT_FALSE(fs::exists(path_));
    fs::create_directory(path_);
  }
  EXPECT_TRUE(fs::exists(path_));
}

TEST(NoPreloadDirectory, is_neither_made_nor_removed) {
  PreloadDirectory none;
  EXPECT_TRUE(none.make(0).ok());
  none.remove();
}

}  // namespace
}  // namespace forkjail::supervisor
