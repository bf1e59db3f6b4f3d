#include "server/api/left_files_json.h"

#include <gtest/gtest.h>

#include "json/check.h"

namespace forkjail::server {
namespace {

std::string written(const std::vector<protocol::LeftFile>& files, std::size_t slice) {
  std::string out;
  LeftFilesJson json(files, out);
  while (json.step(slice)) {
  }
  return out;
}

TEST(LeftFilesJson, IsAnEmptyArrayWithoutFiles) { EXPECT_EQ(written({}, 3), "[]"); }

TEST(LeftFilesJson, HasTextAsItIsAndEverythingElseAsBase64) {
  const std::vector<protocol::LeftFile> files{{"a.csv", 4, "x,\"y"},
                                              {"b.PNG", 3, "\x89PN"},
                                              {"c", 1, std::string(1, '\0')},
                                              {"big", 99, {}}};
  EXPECT_EQ(
      written(files, 3000),
      R"([{"path":"a.csv","size":4,"media_type":"text/csv","content":"x,\"y"},)"
      R"({"path":"b.PNG","size":3,"media_type":"image/png","content_base64":"iVBO"},)"
      R"({"path":"c","size":1,"media_type":"application/octet-stream","content_base64":"AA=="},)"
      R"({"path":"big","size":99,"media_type":"application/octet-stream"}])");
}

TEST(LeftFilesJson, IsTheSameInSlicesOfAnySize) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "\xC3\xA9\n\xF0\x9F\x90\x8D\"";
  const std::string binary = text + "\xFF";
  const std::vector<protocol::LeftFile> files{{"t", 1, text}, {"b", 1, binary}, {"e", 0, ""}};
  const std::string whole = written(files, 1'000'000'002);
  EXPECT_TRUE(json::is_valid(whole, 8));
  for (const std::size_t slice : {3U, 6U, 33U, 999U})
    EXPECT_EQ(written(files, slice), whole) << slice;
}

TEST(LeftFilesJson, StaysValidWhateverAPathHolds) {
  std::string path;
  for (int c = 1; c < 256; ++c) path.push_back(static_cast<char>(c));
  EXPECT_TRUE(json::is_valid(written({{path, 0, ""}}, 3), 8));
}

}  // namespace
}  // namespace forkjail::server
