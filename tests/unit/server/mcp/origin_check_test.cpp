#include "server/mcp/origin_check.h"

#include <gtest/gtest.h>

#include <vector>

namespace forkjail::server::mcp {
namespace {

bool refused(std::string_view origin, std::string_view host, const OriginRules& rules = {}) {
  return !refuse_origin(origin, host, rules).empty();
}

TEST(OriginCheck, LetsProgramsInByAnyName) {
  EXPECT_FALSE(refused("", "python.example.com"));
  EXPECT_FALSE(refused("", "10.0.0.1:8080"));
  EXPECT_FALSE(refused("", ""));
}

TEST(OriginCheck, LetsPagesOfThisMachineUseItsOwnService) {
  EXPECT_FALSE(refused("http://localhost:5173", "localhost:8080"));
  EXPECT_FALSE(refused("http://127.0.0.1", "LOCALHOST"));
  EXPECT_FALSE(refused("http://[::1]:3000", "[::1]:8080"));
  EXPECT_FALSE(refused("https://127.8.9.1:1", "127.0.0.1:8080"));
}

TEST(OriginCheck, RefusesOtherPages) {
  EXPECT_TRUE(refused("http://evil.example", "localhost:8080"));
  EXPECT_TRUE(refused("http://evil.example", "evil.example"));  // rebinding: its own origin
  EXPECT_TRUE(refused("http://localhost", "evil.example"));
  EXPECT_TRUE(refused("null", "localhost"));
  EXPECT_TRUE(refused("http://localhost.evil.example", "localhost"));
  EXPECT_TRUE(refused("http://127.0.0.1.evil.example", "localhost"));
  EXPECT_TRUE(refused("file://localhost", "localhost"));
  EXPECT_TRUE(refused("http://", "localhost"));
  EXPECT_TRUE(refused("http://[::1", "localhost"));
}

TEST(OriginCheck, LetsNamedHostsIn) {
  const std::vector<std::string> hosts{"python.example.com"};
  const OriginRules rules{hosts, true};
  EXPECT_FALSE(refused("", "python.example.com:443", rules));
  EXPECT_FALSE(refused("https://Python.Example.com", "python.example.com", rules));
  EXPECT_FALSE(refused("", "localhost:8080", rules));
  EXPECT_TRUE(refused("", "other.example.com", rules));
  EXPECT_TRUE(refused("", "", rules));
  EXPECT_TRUE(refused("https://other.example.com", "python.example.com", rules));
}

TEST(OriginCheck, LetsListedOriginsIn) {
  const std::vector<std::string> origins{"https://app.example.com"};
  const OriginRules rules{{}, false, origins};
  EXPECT_FALSE(refused("https://app.example.com", "python.example.com", rules));
  EXPECT_TRUE(refused("http://app.example.com", "python.example.com", rules));
  EXPECT_TRUE(refused("https://app.example.com:8443", "python.example.com", rules));
}

}  // namespace
}  // namespace forkjail::server::mcp
