#include "http/multipart.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace forkjail::http {
namespace {

std::string form(std::string_view header, std::string_view content,
                 std::string_view end = "--\r\n") {
  return "--b\r\n" + std::string(header) + "\r\n\r\n" + std::string(content) + "\r\n--b" +
         std::string(end);
}

constexpr std::string_view kFile =
    R"(Content-Disposition: form-data; name="file"; filename="a.csv")";

UploadedFile file_of(const std::string& body) {
  auto found = uploaded_file(body, "file");
  EXPECT_TRUE(std::holds_alternative<UploadedFile>(found)) << body;
  return std::holds_alternative<UploadedFile>(found) ? std::get<UploadedFile>(found)
                                                     : UploadedFile{};
}

TEST(Multipart, HasTheFile) {
  const std::string body = form(kFile, "1,2\r\n--c\r\n");
  const UploadedFile file = file_of(body);
  EXPECT_EQ(file.name, "a.csv");
  EXPECT_EQ(file.content, "1,2\r\n--c\r\n");
}

TEST(Multipart, MayBeAnEmptyFile) {
  const std::string body = form(kFile, "");
  EXPECT_EQ(file_of(body).content, "");
}

TEST(Multipart, SkipsOtherFieldsAndHeaders) {
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n" +
      form(
          "Content-Type: text/csv\r\ncontent-disposition: form-data; filename=\"b\"; name=\"file\"",
          "y");
  const UploadedFile file = file_of(body);
  EXPECT_EQ(file.name, "b");
  EXPECT_EQ(file.content, "y");
}

TEST(Multipart, ReadsQuotedNames) {
  const std::string body =
      form(R"(Content-Disposition: form-data; name="file"; filename="a\"b; name=x.csv")", "");
  EXPECT_EQ(file_of(body).name, "a\"b; name=x.csv");
  const std::string without = form(R"(Content-Disposition: form-data; name="file")", "");
  EXPECT_EQ(file_of(without).name, "");
}

TEST(Multipart, RefusesWhatIsNoFormOrHasNoFile) {
  const std::string header(kFile);
  for (const std::string& body :
       {std::string(), std::string("--"), std::string("--\r\n"), std::string("--b\r\n"),
        std::string("b\r\n"), "--" + std::string(80, 'b') + "\r\n" + header + "\r\n\r\nx\r\n--b--",
        "--b\r\n" + header, "--b\r\n" + header + "\r\n\r\nno end",
        "--b\r\n" + header + std::string(5'000, 'x') + "\r\n\r\nx\r\n--b--",
        form(R"(Content-Disposition: form-data; name="files")", "x"),
        form(R"(Content-Disposition: form-data; name="file)", "x"), form("", "x"),
        form("X: y", "x", "-")}) {
    EXPECT_TRUE(std::holds_alternative<MultipartProblem>(uploaded_file(body, "file"))) << body;
  }
}

TEST(Multipart, LooksAtFewParts) {
  std::string body;
  for (int i = 0; i < 16; ++i) body += "--b\r\nX: y\r\n\r\nx\r\n";
  body += form(kFile, "x");
  EXPECT_TRUE(std::holds_alternative<MultipartProblem>(uploaded_file(body, "file")));
}

}  // namespace
}  // namespace forkjail::http
