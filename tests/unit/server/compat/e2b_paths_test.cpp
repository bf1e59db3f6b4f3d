#include "server/compat/e2b_paths.h"

#include <gmock/gmock.h>

namespace forkjail::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(E2bPaths, LeadToTheWorkingDirectory) {
  for (const std::string_view path : {"a/b", "./a/b", "/home/user/a/b", "/scratch/work/a/b",
                                      "~/a/b", "a/b/", "/home/user/a/b/"}) {
    EXPECT_EQ(e2b_path(path), "a/b") << path;
  }
  for (const std::string_view path :
       {"", ".", "./", "/home/user", "/home/user/", "/scratch/work"}) {
    EXPECT_EQ(e2b_path(path), "") << path;
  }
}

TEST(E2bPaths, LeadNowhereElse) {
  for (const std::string_view path : {"/", "/etc/passwd", "/home", "/home/users/a",
                                      "/scratch/workx", "/scratch", "//home/user/a"}) {
    EXPECT_EQ(e2b_path(path), std::nullopt) << path;
  }
  EXPECT_EQ(e2b_path("/home/user/../a"), "../a");  // which no session takes
}

std::vector<std::string> names(const std::vector<E2bEntry>& entries) {
  std::vector<std::string> found;
  for (const E2bEntry& entry : entries) found.push_back(entry.path + (entry.is_folder ? "/" : ""));
  return found;
}

TEST(E2bPaths, AFolderIsThereByItsFiles) {
  const std::vector<E2bFile> files{{"a/b/c", 5}, {"a/d", 1}, {"ab", 2}};
  EXPECT_THAT(names(e2b_entries(files, "", 1)), ElementsAre("a/", "ab"));
  EXPECT_THAT(names(e2b_entries(files, "", 0)), ElementsAre("a/", "ab"));
  EXPECT_THAT(names(e2b_entries(files, "a", 1)), ElementsAre("a/b/", "a/d"));
  EXPECT_THAT(names(e2b_entries(files, "", 9)), ElementsAre("a/", "a/b/", "a/b/c", "a/d", "ab"));
  EXPECT_THAT(names(e2b_entries(files, "b", 1)), IsEmpty());
}

TEST(E2bPaths, AnEntryIsAFileOrAFolder) {
  const std::vector<E2bFile> files{{"a/b", 5}};
  EXPECT_TRUE(e2b_entry(files, "")->is_folder);
  EXPECT_TRUE(e2b_entry(files, "a")->is_folder);
  EXPECT_EQ(e2b_entry(files, "a/b")->size, 5U);
  EXPECT_FALSE(e2b_entry(files, "a/b/c"));
  EXPECT_FALSE(e2b_entry(files, "b"));
  EXPECT_EQ(e2b_entry_json({"a/\"b", false, 5}),
            R"({"name":"\"b","type":"FILE_TYPE_FILE","path":"/scratch/work/a/\"b","size":"5"})");
  EXPECT_EQ(e2b_entry_json({"", true, 0}),
            R"({"name":"work","type":"FILE_TYPE_DIRECTORY","path":"/scratch/work","size":"0"})");
}

}  // namespace
}  // namespace forkjail::server
