// The field `files` as the decoder of requests takes it.
#include "server/api/file_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace forkjail::server {
namespace {

using testing::HasSubstr;

std::string with_files(std::string_view files) {
  return R"({"script":"x","files":[)" + std::string(files) + "]}";
}

std::string file(std::string_view path, std::string_view content = "") {
  return R"({"path":")" + std::string(path) + R"(","content":")" + std::string(content) + "\"}";
}

ExecutionRequest accepted(const std::string& body) {
  auto decoded = decode_execution_request(body, RunLimits{}, json::HashSecret{});
  if (const auto* error = std::get_if<RequestError>(&decoded)) {
    ADD_FAILURE() << "refused: " << error->message;
    return {};
  }
  return std::get<ExecutionRequest>(std::move(decoded));
}

RequestError refused(const std::string& files) {
  auto decoded = decode_execution_request(with_files(files), RunLimits{}, json::HashSecret{});
  if (std::holds_alternative<ExecutionRequest>(decoded)) {
    ADD_FAILURE() << "accepted: " << files.substr(0, 200);
    return {0, {}};
  }
  return std::get<RequestError>(std::move(decoded));
}

TEST(FileFields, GoToTheCellAsTheyWereSent) {
  const auto request = accepted(with_files(
      file("a.txt", "hi") +
      R"(,{"content":"aGk=","encoding":"base64","path":"b/c"},{"path":"d","content":"","encoding":null})"));
  protocol::FileBlockReader reader(request.file_block);
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->path, "a.txt");
  EXPECT_EQ(first->content, "hi");
  EXPECT_EQ(first->encoding, protocol::FileEncoding::utf8);
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->path, "b/c");
  EXPECT_EQ(second->content, "aGk=");
  EXPECT_EQ(second->encoding, protocol::FileEncoding::base64);
  ASSERT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(FileFields, HaveRelativePathsThatStayInside) {
  for (const char* path :
       {"/etc/passwd", "../x", "a/../x", "a/./b", "./a", "a//b", "a/", "", ".."}) {
    const auto error = refused(file("good") + "," + file(path));
    EXPECT_EQ(error.status, 400U) << path;
    EXPECT_THAT(error.message, HasSubstr("files[1]")) << path;
  }
  EXPECT_THAT(refused(file("/x")).message, HasSubstr("files[0].path: must be relative"));
  EXPECT_THAT(refused(file("a\\u0000b")).message, HasSubstr("NUL"));
  EXPECT_THAT(refused(file(std::string(256, 'n'))).message, HasSubstr("255 bytes"));
  EXPECT_THAT(refused(file(std::string(1'025, 'n'))).message, HasSubstr("1024 bytes"));
  accepted(with_files(file(std::string(255, 'n')) + "," + file("...") + "," + file("a/..b")));
}

TEST(FileFields, HaveEachNameOnceAndNoFileBelowAFile) {
  EXPECT_THAT(refused(file("a") + "," + file("b") + "," + file("a")).message,
              HasSubstr("\"a\" stands there twice"));
  EXPECT_THAT(refused(file("a/b/c") + "," + file("a-b") + "," + file("a/b")).message,
              HasSubstr("files[0].path: \"a/b/c\" is below \"a/b\", which is a file"));
  accepted(with_files(file("a/b") + "," + file("a-b") + "," + file("a/c") + "," + file("ab")));
}

TEST(FileFields, NeedPathAndContentAndNothingElse) {
  EXPECT_THAT(refused(R"({"content":"x"})").message, HasSubstr("files[0]: path is missing"));
  EXPECT_THAT(refused(R"({"path":"x"})").message, HasSubstr("files[0]: content is missing"));
  EXPECT_THAT(refused(R"({"path":"x","name":"y"})").message,
              HasSubstr("files[0]: unknown field \"name\""));
  EXPECT_THAT(refused(R"({"path":1})").message, HasSubstr("files[0].path: expected a string"));
  EXPECT_THAT(refused(R"({"content":null})").message, HasSubstr("files[0].content: expected"));
  EXPECT_THAT(refused(R"("x")").message, HasSubstr("files: expected objects"));
  EXPECT_THAT(refused(R"({"path":"x","path":"y"})").message, HasSubstr("duplicate key \"path\""));
}

TEST(FileFields, RefuseWhatIsNotTheEncodingThatTheyName) {
  const auto base64 = [](std::string_view content) {
    return R"({"path":"x","encoding":"base64","content":")" + std::string(content) + "\"}";
  };
  for (const char* good : {"", "aGk=", "aGkh", "aGk=\\n", "aGkh\\r\\naGkh"}) {
    accepted(with_files(base64(good)));
  }
  for (const char* bad : {"aGk", "a", "a===", "aG=k", "aGk*", "aGk=aGk=", "====", "a-_="}) {
    EXPECT_THAT(refused(base64(bad)).message, HasSubstr("files[0].content: not valid base64"))
        << bad;
  }
  EXPECT_THAT(refused(R"({"path":"x","content":"","encoding":"latin-1"})").message,
              HasSubstr("files[0].encoding: \"latin-1\" is unknown"));
}

TEST(FileFields, AreBoundedInNumberAndFolders) {
  std::string many;
  for (std::size_t i = 0; i < kFilesMax; ++i) many += file(std::to_string(i)) + ",";
  accepted(with_files(many.substr(0, many.size() - 1)));
  EXPECT_EQ(refused(many + file("one more")).status, 413U);
  std::string deep;
  for (int i = 0; i < 100; ++i) {
    std::string path = std::to_string(i);
    for (int level = 0; level < 50; ++level) path += "/d";
    deep += (deep.empty() ? "" : ",") + file(path);
  }
  EXPECT_THAT(refused(deep).message, HasSubstr("files and folders"));
}

}  // namespace
}  // namespace forkjail::server
