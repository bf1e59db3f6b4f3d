#include "attack_program/options.h"

#include <gtest/gtest.h>

namespace forkjail::attack {
namespace {

using Parsed = std::variant<AttackOptions, int>;

Parsed parse(std::vector<const char*> arguments, const char* headers = nullptr) {
  arguments.insert(arguments.begin(), "forkjail-attack");
  return parse_options(static_cast<int>(arguments.size()), arguments.data(), headers);
}

TEST(AttackOptions, WantAUrl) {
  EXPECT_EQ(std::get<int>(parse({})), 2);
  EXPECT_EQ(std::get<int>(parse({"--url", "example.org"})), 2);
  EXPECT_EQ(std::get<int>(parse({"--help"})), 0);
  const auto parsed = parse({"--url", "http://a:1", "--timeout", "7", "--patience", "3"});
  const auto& options = std::get<AttackOptions>(parsed);
  EXPECT_EQ(options.timeout, std::chrono::seconds(7));
  EXPECT_EQ(options.patience, 3U);
  EXPECT_EQ(options.tls, nullptr);
}

TEST(AttackOptions, SayWhichCasesAndHowToTellOfThem) {
  EXPECT_EQ(std::get<AttackOptions>(parse({"--url", "http://a"})).format, ReportFormat::text);
  const auto steered = parse({"--url", "http://a", "--json", "--from-stdin"});
  EXPECT_EQ(std::get<AttackOptions>(steered).format, ReportFormat::json);
  EXPECT_TRUE(std::get<AttackOptions>(steered).from_stdin);
  EXPECT_TRUE(std::get<AttackOptions>(parse({"--list"})).list) << "needs no deployment";
  EXPECT_EQ(std::get<int>(parse({"--url", "http://a", "--from-stdin", "--only", "x"})), 2);
}

TEST(AttackOptions, HeadersComeFromFlagsAndTheEnvironment) {
  const auto parsed =
      parse({"--url", "http://a", "--header", "X-A: 1", "--header", "X-B: 2"}, "X-C: 3\nX-D: 4\n");
  const auto& headers = std::get<AttackOptions>(parsed).headers;
  ASSERT_EQ(headers.size(), 4U);
  EXPECT_EQ(headers.front().value, "3");
  EXPECT_EQ(headers.back().name, "X-B");
  EXPECT_EQ(std::get<int>(parse({"--url", "http://a", "--header", "X-A"})), 2);
  EXPECT_EQ(std::get<int>(parse({"--url", "http://a"}, "Host")), 2);
}

TEST(AttackOptions, TlsIsForHttpsAlone) {
  EXPECT_NE(std::get<AttackOptions>(parse({"--url", "https://a"})).tls, nullptr);
  EXPECT_NE(std::get<AttackOptions>(parse({"--url", "https://a", "--insecure"})).tls, nullptr);
  EXPECT_EQ(std::get<int>(parse({"--url", "http://a", "--insecure"})), 2);
  EXPECT_EQ(std::get<int>(parse({"--url", "https://a", "--ca-file", "/nonexistent"})), 2);
  EXPECT_EQ(std::get<int>(parse({"--url", "https://a", "--ca-file", "/proc/self/status"})), 2);
}

}  // namespace
}  // namespace forkjail::attack
