#include "server/compat/e2b_form.h"

#include <gmock/gmock.h>

namespace forkjail::server {
namespace {

using testing::HasSubstr;

std::vector<FormPart> parts_of(std::string_view body) {
  auto read = read_form(body);
  if (const auto* error = std::get_if<RequestError>(&read)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<std::vector<FormPart>>(std::move(read));
}

TEST(E2bForm, HasFilesInOrder) {
  const auto parts = parts_of(
      "--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/home/user/a.txt\"\r\n"
      "Content-Type: text/plain\r\n\r\nline\r\n--b\r\n\r\n--b1\r\n"
      "content-disposition: form-data; name=\"other\"; "
      "filename=\"q%22%0D%0A%41.txt\"\r\n\r\n\r\n--b1--\r\n");
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].field, "file");
  EXPECT_EQ(parts[0].file_name, "/home/user/a.txt");
  EXPECT_EQ(parts[0].content, "line\r\n--b\r\n");
  EXPECT_EQ(parts[1].field, "other");
  EXPECT_EQ(parts[1].file_name, "q\"\r\n%41.txt");
  EXPECT_EQ(parts[1].content, "");
}

TEST(E2bForm, AFieldMayBeNoFile) {
  const auto parts =
      parts_of("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--");
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].file_name, "");
  EXPECT_EQ(parts[0].content, "1");
}

TEST(E2bForm, MalformedBodiesAreRefused) {
  const std::string head = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
  for (const std::string& body :
       {std::string(), std::string("--"), std::string("--\r\n"), std::string("b\r\n"),
        std::string("--b"), std::string("--b\r\n"), head, head + "x", head + "x\r\n--b",
        head + "x\r\n--bc\r\n", head + "x\r\n--b \r\n",
        std::string("--b\r\nA: b\r\n\r\nx\r\n--b--"), "--" + std::string(100, 'b') + "\r\n"}) {
    const auto read = read_form(body);
    const auto* error = std::get_if<RequestError>(&read);
    ASSERT_NE(error, nullptr) << body;
    EXPECT_EQ(error->status, 400U);
    EXPECT_THAT(error->message, HasSubstr("multipart/form-data"));
  }
}

TEST(E2bForm, SoManyPartsAndNoMore) {
  std::string body;
  for (std::size_t i = 0; i <= kFormPartsMax; ++i) {
    body += "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";
  }
  const auto read = read_form(body + "--b--");
  ASSERT_TRUE(std::holds_alternative<RequestError>(read));
  EXPECT_EQ(std::get<RequestError>(read).status, 413U);
}

}  // namespace
}  // namespace forkjail::server
