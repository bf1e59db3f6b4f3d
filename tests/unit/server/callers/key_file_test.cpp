#include "server/callers/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace forkjail::server {
namespace {

using testing::HasSubstr;

const std::string kDigest(64, 'a');

std::string row(std::string_view more = {}, std::string_view name = "me", char digit = 'a') {
  return "{\"name\":\"" + std::string(name) + "\",\"key_sha256\":\"" + std::string(64, digit) +
         "\"" + std::string(more) + "}";
}

std::vector<KeyRow> rows_of(std::string_view text) {
  auto parsed = parse_key_file(text, {});
  const auto* const problem = std::get_if<KeyFileProblem>(&parsed);
  EXPECT_EQ(problem, nullptr) << (problem == nullptr ? "" : problem->why);
  return problem == nullptr ? std::get<std::vector<KeyRow>>(std::move(parsed))
                            : std::vector<KeyRow>(1);
}

std::string problem_of(std::string_view text) {
  const auto parsed = parse_key_file(text, {});
  const auto* const problem = std::get_if<KeyFileProblem>(&parsed);
  return problem == nullptr ? "none" : problem->why;
}

TEST(KeyDigest, IsSha256) {
  EXPECT_EQ(hex_of(digest_of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_of(digest_of("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_TRUE(same(digest_of("abc"), digest_of("abc")));
  EXPECT_FALSE(same(digest_of("abc"), digest_of("abd")));
  EXPECT_EQ(*parse_digest(hex_of(digest_of("abc"))), digest_of("abc"));
  for (const auto& text : {std::string(63, 'a'), std::string(65, 'a'), std::string(63, 'a') + "g",
                           std::string(62, 'a') + ": "}) {
    EXPECT_FALSE(parse_digest(text)) << text;
  }
}

TEST(KeyFile, GivesAKeyAllThatTheServiceGives) {
  const auto rows = rows_of(row());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].name, "me");
  EXPECT_EQ(rows[0].rate.per_s, 0);
  EXPECT_EQ(rows[0].share.running_max, PartyTerms::kUnlimited);
  EXPECT_EQ(rows[0].share.weight, 1U);
  EXPECT_EQ(rows[0].maxima.wall_time, RunLimits{}.wall_time);
  EXPECT_FALSE(rows[0].expires_at || rows[0].sessions_max || rows[0].isolated);
}

TEST(KeyFile, ReadsAllThatARowCanSay) {
  const auto rows = rows_of(row(
      R"(,"rate_per_s":2.5,"burst":7,"running_max":3,"queue_max":0,"sessions_max":4,"weight":5,)"
      R"("limits":{"wall_time_s":5,"memory_mb":64},"expires_at":"2027-01-31T12:30:05Z",)"
      R"("isolated":true)"));
  EXPECT_TRUE(rows[0].isolated);
  EXPECT_EQ(rows[0].rate.per_s, 2.5);
  EXPECT_EQ(rows[0].rate.burst, 7);
  EXPECT_EQ(rows[0].share.running_max, 3U);
  EXPECT_EQ(rows[0].share.queue_max, 0U);
  EXPECT_EQ(rows[0].sessions_max, 4U);
  EXPECT_EQ(rows[0].share.weight, 5U);
  EXPECT_EQ(rows[0].maxima.wall_time, std::chrono::seconds(5));
  EXPECT_EQ(rows[0].maxima.memory_bytes, 64 * kMiB);
  EXPECT_EQ(rows[0].maxima.cpu_time, RunLimits{}.cpu_time);
  EXPECT_EQ(utc_text(*rows[0].expires_at), "2027-01-31T12:30:05Z");
}

TEST(KeyFile, TakesAnArrayOrALineForEachKey) {
  EXPECT_EQ(rows_of("[" + row() + ",\n" + row("", "you", 'b') + "]").size(), 2U);
  EXPECT_EQ(rows_of(row() + "\n\n" + row("", "you", 'b') + "\r\n").size(), 2U);
}

TEST(KeyFile, SaysWhichRowIsWrongAndHow) {
  struct Row {
    std::string text;
    std::string why;
  };
  for (const auto& [text, why] :
       {Row{"", "it has no keys"},
        Row{"[]", "it has no keys"},
        Row{"[1]", "key 1: must be an object"},
        Row{"{", "line 1 is not valid JSON"},
        Row{row() + "\nx", "line 2 is not valid JSON"},
        Row{"[" + row(), "the file is not valid"},
        Row{R"({"name":"me"})", "key 1: key_sha256: is missing"},
        Row{R"({"key_sha256":")" + kDigest + "\"}", "key 1: name: is missing"},
        Row{row("", "a b"), "name: must be 1 to 64 letters"},
        Row{row("", ""), "name: must be"},
        Row{R"({"name":"me","key_sha256":"secret"})", "key_sha256: must be 64 hexadecimal"},
        Row{row() + "\n" + row("", "me", 'b'), "key 2: name: another key has it"},
        Row{row() + "\n" + row("", "you"), "key 2: key_sha256: comes twice"},
        Row{row(",\"rate\":1"), "key 1: has an unknown member"},
        Row{row(",\"rate_per_s\":0"), "rate_per_s: must be a number from 0.001"},
        Row{row(",\"rate_per_s\":\"1\""), "rate_per_s: must be a number"},
        Row{row(",\"burst\":5"), "burst: needs rate_per_s"},
        Row{row(",\"running_max\":0"), "running_max: must be a whole number from 1"},
        Row{row(",\"running_max\":1.5"), "running_max: must be a whole number"},
        Row{row(",\"queue_max\":-1"), "queue_max: must be a whole number from 0"},
        Row{row(",\"weight\":1e99"), "weight: must be a whole number"},
        Row{row(",\"limits\":5"), "limits: must be an object"},
        Row{row(R"(,"limits":{"wall":5})"), "limits: has an unknown member"},
        Row{row(R"(,"limits":{"wall_time_s":31})"), "limits: wall_time_s: at most 30, got 31"},
        Row{row(R"(,"limits":{"wall_time_s":"5"})"), "limits: must hold numbers"},
        Row{row(R"(,"expires_at":"tomorrow")"), "expires_at: must be a time"},
        Row{row(R"(,"expires_at":"2027-02-30")"), "expires_at: must be a time"},
        Row{row(R"(,"isolated":1)"), "isolated: must be true or false"}}) {
    EXPECT_THAT(problem_of(text), HasSubstr(why)) << text;
  }
}

TEST(KeyFile, BoundsHowManyKeysAreIsolated) {
  std::string text;
  for (protocol::Owner i = 0; i < protocol::kIsolatedOwnersMax; ++i) {
    text +=
        row(R"(,"isolated":true)", "key" + std::to_string(i), static_cast<char>('0' + i)) + "\n";
  }
  EXPECT_EQ(rows_of(text + row()).size(), protocol::kIsolatedOwnersMax + 1);
  EXPECT_THAT(problem_of(text + row(R"(,"isolated":true)")),
              HasSubstr("key 5: isolated: at most 4 keys"));
}

TEST(KeyFile, NeverRepeatsWhatItWasGivenAsAKey) {
  EXPECT_EQ(problem_of(R"({"name":"me","key_sha256":"sesame"})").find("sesame"), std::string::npos);
  EXPECT_EQ(problem_of(R"({"name":"me","sesame":1})").find("sesame"), std::string::npos);
}

TEST(KeyFile, BoundsNestingAndNumber) {
  EXPECT_THAT(problem_of(std::string(100'000, '[')), HasSubstr("not valid JSON"));
  EXPECT_THAT(problem_of(std::string(kKeyFileBytesMax + 1, ' ')), HasSubstr("larger than 4 MB"));
}

TEST(KeyFile, WritesARowThatItReads) {
  const auto rows = rows_of(key_row_json("me", digest_of("abc")));
  EXPECT_EQ(rows[0].name, "me");
  EXPECT_EQ(rows[0].digest, digest_of("abc"));
}

TEST(KeyFile, ReadsTimes) {
  EXPECT_EQ(utc_text(*parse_utc("2027-01-31")), "2027-01-31T00:00:00Z");
  for (const std::string_view text :
       {"", "2027-1-31", "2027-13-01", "2027-01-31T24:00:00Z", "2027-01-31T12:30:05",
        "2027-01-31T12:30:05+01:00", "2027-01-31T12:30:60Z"}) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
}

}  // namespace
}  // namespace forkjail::server
