#include "server/mcp/session_uri.h"

#include <gtest/gtest.h>

namespace forkjail::server::mcp {
namespace {

TEST(SessionUri, ComesBackAsItWas) {
  for (const std::string_view path : {"a.csv", "folder/a b.txt", "ä/ü.png", "100%?#.txt"}) {
    const auto file = session_file_of(uri_of("host.0123", path));
    ASSERT_TRUE(file) << path;
    EXPECT_EQ(file->session, "host.0123");
    EXPECT_EQ(file->path, path);
  }
  EXPECT_EQ(uri_of("i.1", "a b"), "forkjail://sessions/i.1/files/a%20b");
}

TEST(SessionUri, IsNothingElse) {
  for (const std::string_view uri :
       {"", "forkjail://sessions/a/files/", "forkjail://sessions//files/a", "file:///etc/passwd",
        "forkjail://sessions/a/files/../b", "forkjail://sessions/a/files/%2e%2e/b",
        "forkjail://other/a/files/b", "forkjail://sessions/a/files/%00"}) {
    EXPECT_FALSE(session_file_of(uri)) << uri;
  }
}

}  // namespace
}  // namespace forkjail::server::mcp
