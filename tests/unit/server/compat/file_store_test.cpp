#include "server/compat/file_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace forkjail::server {
namespace {

using std::chrono::seconds;

class SomeCaller final : public http::Caller {
 public:
  [[nodiscard]] std::string_view name() const override { return {}; }
};

constexpr std::size_t kOverhead = 2 * kKiB;  // more than the store counts for a file of no bytes

class FileStoreTest : public testing::Test {
 protected:
  bool put(const FileStore::Owner& owner, std::string id, std::size_t bytes, seconds after = {}) {
    return store_.put(owner, {std::move(id), "name", std::string(bytes, 'x')}, start_ + after);
  }
  bool has(const FileStore::Owner& owner, std::string_view id, seconds after = {}) {
    return store_.find(owner, id, start_ + after) != nullptr;
  }

  FileStore store_{
      {.caller_bytes_max = 40 * kKiB, .bytes_max = 64 * kKiB, .idle_max = seconds(60)}};
  Clock::time_point start_ = Clock::now();
  FileStore::Owner one_ = std::make_shared<SomeCaller>();
  FileStore::Owner other_ = std::make_shared<SomeCaller>();
};

TEST_F(FileStoreTest, KeepsWhatItWasGiven) {
  ASSERT_TRUE(store_.put(one_, {"id", "a.csv", "1,2"}, start_));
  const auto file = store_.find(one_, "id", start_);
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->name, "a.csv");
  EXPECT_EQ(file->content, "1,2");
}

TEST_F(FileStoreTest, AFileIsItsCallersAlone) {
  ASSERT_TRUE(put(one_, "id", 1));
  EXPECT_FALSE(has(other_, "id"));
  EXPECT_FALSE(has(nullptr, "id"));
  EXPECT_FALSE(store_.erase(other_, "id"));
  ASSERT_TRUE(store_.put(other_, {"id", "", "mine"}, start_));
  EXPECT_EQ(store_.find(one_, "id", start_)->content, "x");
}

TEST_F(FileStoreTest, ReplacesAFileOfTheSameId) {
  ASSERT_TRUE(put(one_, "id", 10 * kKiB));
  const std::size_t before = store_.bytes();
  ASSERT_TRUE(put(one_, "id", 10 * kKiB));
  EXPECT_EQ(store_.bytes(), before);
}

TEST_F(FileStoreTest, GivesUpWhatIsErased) {
  ASSERT_TRUE(put(one_, "id", 1));
  EXPECT_TRUE(store_.erase(one_, "id"));
  EXPECT_FALSE(store_.erase(one_, "id"));
  EXPECT_FALSE(has(one_, "id"));
  EXPECT_EQ(store_.bytes(), 0U);
  EXPECT_EQ(one_.use_count(), 1);
}

TEST_F(FileStoreTest, RefusesAFileThatIsTooLarge) {
  ASSERT_TRUE(put(one_, "small", 1));
  EXPECT_FALSE(put(one_, "large", 40 * kKiB));
  EXPECT_TRUE(has(one_, "small"));
}

TEST_F(FileStoreTest, DropsTheCallersLeastRecentlyUsedFile) {
  ASSERT_TRUE(put(one_, "a", 16 * kKiB));
  ASSERT_TRUE(put(one_, "b", 16 * kKiB));
  EXPECT_TRUE(has(one_, "a"));
  ASSERT_TRUE(put(one_, "c", 16 * kKiB));
  EXPECT_TRUE(has(one_, "a"));
  EXPECT_FALSE(has(one_, "b"));
}

TEST_F(FileStoreTest, TheCallerWithMostLosesWhereAllTogetherHaveTooMuch) {
  const FileStore::Owner third = std::make_shared<SomeCaller>();
  ASSERT_TRUE(put(other_, "little", 8 * kKiB));
  ASSERT_TRUE(put(one_, "a", 18 * kKiB));
  ASSERT_TRUE(put(one_, "b", 18 * kKiB));
  ASSERT_TRUE(put(third, "c", 18 * kKiB));
  ASSERT_TRUE(put(third, "d", 4 * kKiB));
  EXPECT_TRUE(has(other_, "little"));
  EXPECT_FALSE(has(one_, "a"));
  EXPECT_TRUE(has(one_, "b"));
  EXPECT_LE(store_.bytes(), 64 * kKiB);
}

TEST_F(FileStoreTest, BoundsFilesWithoutBytesAndWithLongNames) {
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(put(one_, std::to_string(i), 0));
  EXPECT_TRUE(has(one_, "999"));
  EXPECT_FALSE(has(one_, "0"));
  EXPECT_FALSE(store_.put(one_, {"id", std::string(40 * kKiB, 'n'), ""}, start_));
  EXPECT_LE(store_.bytes(), 40 * kKiB + kOverhead);
}

TEST_F(FileStoreTest, ForgetsWhatIsNotUsed) {
  ASSERT_TRUE(put(one_, "a", 1));
  ASSERT_TRUE(put(other_, "b", 1));
  EXPECT_TRUE(has(one_, "a", seconds(59)));
  EXPECT_FALSE(has(other_, "b", seconds(61)));
  EXPECT_TRUE(has(one_, "a", seconds(62)));
  EXPECT_TRUE(put(one_, "c", 1, seconds(200)));
  EXPECT_FALSE(has(one_, "a", seconds(200)));
  EXPECT_EQ(other_.use_count(), 1);
}

TEST(FileStoreLimits, AreSmallerOnASmallMachine) {
  const FileStoreLimits small = file_store_limits_for(16 * kMiB);
  EXPECT_EQ(small.bytes_max, 8 * kMiB);
  EXPECT_EQ(small.caller_bytes_max, 4 * kMiB);
  EXPECT_EQ(file_store_limits_for(8 * kKiB * kMiB).bytes_max, FileStoreLimits{}.bytes_max);
}

}  // namespace
}  // namespace forkjail::server
