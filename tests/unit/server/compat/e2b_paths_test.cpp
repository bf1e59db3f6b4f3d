#include "server/compat/e2b_paths.h"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

namespace forkjail::server {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

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

TEST(E2bPaths, EntriesAreReadFromWhatACellFound) {
  const auto read = [](std::string_view json) {
    return e2b_entries(boost::json::parse({json.data(), json.size()}));
  };
  const auto entries = read(R"([["YQ==",true,0],["YS9i/w==",false,5]])");
  ASSERT_TRUE(entries);
  ASSERT_THAT(*entries, SizeIs(2));
  EXPECT_EQ(entries->at(0).path, "a");
  EXPECT_TRUE(entries->at(0).is_folder);
  EXPECT_EQ(entries->at(1).path, "a/b\xFF");
  EXPECT_EQ(entries->at(1).size, 5U);
  EXPECT_THAT(*read("[]"), IsEmpty());
  for (const std::string_view json :
       {"{}", "[1]", "[[]]", R"([["YQ==",true]])", R"([["YQ==",true,0,0]])", R"([[1,true,0]])",
        R"([["YQ==",1,0]])", R"([["YQ==",true,-1]])", R"([["YQ==",true,0.5]])",
        R"([["YQ==",true,"0"]])"}) {
    EXPECT_FALSE(read(json)) << json;
  }
}

TEST(E2bPaths, AnEntryIsAFileOrAFolder) {
  EXPECT_EQ(e2b_entry_json({"a/\"b", false, 5}),
            R"({"name":"\"b","type":"FILE_TYPE_FILE","path":"/scratch/work/a/\"b","size":"5"})");
  EXPECT_EQ(e2b_entry_json({"", true, 0}),
            R"({"name":"work","type":"FILE_TYPE_DIRECTORY","path":"/scratch/work","size":"0"})");
}

}  // namespace
}  // namespace forkjail::server
