#include "server/run/left_contents.h"

#include <gtest/gtest.h>

namespace forkjail::server {
namespace {

std::vector<protocol::LeftFile> files() {
  return {{.path = "a", .size = 5, .content = "12345"},
          {.path = "b", .size = 1ULL << 40, .content = {}},
          {.path = "c", .size = 2, .content = "12"},
          {.path = "d", .size = 3, .content = "123"},
          {.path = "e", .size = 0, .content = ""}};
}

std::string kept(std::uint64_t bytes_max) {
  auto left = files();
  keep_smallest_contents(left, bytes_max);
  EXPECT_EQ(left.size(), 5U);
  std::string paths;
  for (const auto& file : left) paths += file.content ? file.path : "";
  return paths;
}

TEST(LeftContents, AreThoseOfTheSmallestFilesWithinTheLimit) {
  EXPECT_EQ(kept(10), "acde");
  EXPECT_EQ(kept(9), "cde");
  EXPECT_EQ(kept(5), "cde");
  EXPECT_EQ(kept(4), "ce");
}

TEST(LeftContents, AreThoseOfEmptyFilesAtMostWhereNoneMayComeBack) { EXPECT_EQ(kept(0), "e"); }

TEST(LeftContents, AreOfNoFileThatIsLargerThanOneThatDidNotFit) {
  std::vector<protocol::LeftFile> left{{.path = "a", .size = 3, .content = "123"},
                                       {.path = "b", .size = 3, .content = "123"},
                                       {.path = "c", .size = 4, .content = "1234"}};
  keep_smallest_contents(left, 5);
  EXPECT_TRUE(left[0].content);
  EXPECT_FALSE(left[1].content);
  EXPECT_FALSE(left[2].content);
}

}  // namespace
}  // namespace forkjail::server
