#include "server/adapters/json_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "server/adapters/member_reader.h"

namespace forkjail::server {
namespace {

using testing::HasSubstr;

std::string problem_of(const Document& document) {
  const auto* const problem = std::get_if<RequestError>(&document);
  return problem == nullptr ? "" : std::to_string(problem->status) + " " + problem->message;
}

Document in_slices(std::string_view text, std::size_t slice) {
  DocumentReader reader(text);
  while (reader.step(slice)) {
  }
  return reader.finish();
}

TEST(JsonDocument, IsTheSameWholeAndInSlices) {
  constexpr std::string_view kText = R"({"a": [1, 2.5, "x\u00e9"], "b": {"c": null}, "d": true})";
  const auto whole = parse_document(kText);
  ASSERT_EQ(problem_of(whole), "");
  for (const std::size_t slice : {1UL, 2UL, 7UL, 1'000UL}) {
    const auto parts = in_slices(kText, slice);
    ASSERT_EQ(problem_of(parts), "");
    EXPECT_EQ(std::get<boost::json::value>(parts), std::get<boost::json::value>(whole));
  }
}

TEST(JsonDocument, NamesWhatIsWrongAndWhere) {
  EXPECT_EQ(problem_of(parse_document("")), "400 the body is empty; send JSON");
  EXPECT_THAT(problem_of(parse_document(R"({"a": )")), HasSubstr("it ends too early"));
  EXPECT_THAT(problem_of(parse_document(R"({} x)")), HasSubstr("unexpected data"));
  EXPECT_THAT(problem_of(parse_document("{\"a\": \"\n\"}")), HasSubstr("raw line break"));
  EXPECT_THAT(problem_of(parse_document("\xEF\xBB\xBF{}")), HasSubstr("byte order mark"));
  EXPECT_THAT(problem_of(parse_document("{\"a\": \"\xFF\"}")), HasSubstr("400"));
}

TEST(JsonDocument, RefusesDeepNesting) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(problem_of(parse_document(nested(kDocumentDepthMax))), "");
  EXPECT_THAT(problem_of(parse_document(nested(kDocumentDepthMax + 1))),
              HasSubstr("nested deeper than 64 levels"));
}

std::string repeated(std::string_view piece, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text.append(text.empty() ? "" : ",").append(piece);
  return text;
}

TEST(JsonDocument, HoldsSoManyValuesAndNoMore) {
  const auto problem = [](std::string_view piece, std::size_t count) {
    return problem_of(in_slices("[" + repeated(piece, count) + "]", 16'384));
  };
  EXPECT_EQ(problem("0", kDocumentValuesMax - 1), "");
  EXPECT_THAT(problem("0", kDocumentValuesMax), HasSubstr("413 the body has more than 100000"));
  EXPECT_THAT(problem("[]", kDocumentValuesMax), HasSubstr("413"));
  EXPECT_THAT(problem("{}", kDocumentValuesMax), HasSubstr("413"));
}

TEST(JsonDocument, RefusesAnObjectOfManyMembers) {
  const auto object = [](std::size_t members) {
    std::string text;
    for (std::size_t i = 0; i < members; ++i) {
      text.append(i == 0 ? "{\"" : ",\"").append(std::to_string(i)).append("\":0");
    }
    return text + "}";
  };
  EXPECT_EQ(problem_of(parse_document(object(kDocumentMembersMax))), "");
  EXPECT_THAT(problem_of(parse_document(object(kDocumentMembersMax + 1))), HasSubstr("413"));
}

TEST(JsonDocument, HoldsALongString) {
  const std::string text = "[\"" + std::string(9'000'000, 'x') + "\"]";
  EXPECT_EQ(problem_of(in_slices(text, 16'384)), "");
}

TEST(MemberReader, TakesNullAsAbsent) {
  const auto value = boost::json::parse(R"({"a": null, "b": "x"})");
  MemberReader reader(value);
  EXPECT_FALSE(reader.has("a"));
  EXPECT_FALSE(reader.text("a"));
  EXPECT_EQ(reader.text("b"), "x");
  EXPECT_FALSE(reader.problem());
}

TEST(MemberReader, KeepsTheFirstProblemAndNamesTheMember) {
  const auto value = boost::json::parse(R"({"a": 1, "b": [], "c": 1.5})");
  MemberReader reader(value, "params.");
  EXPECT_EQ(reader.integer("a"), 1);
  EXPECT_FALSE(reader.text("b"));
  EXPECT_FALSE(reader.integer("c"));
  ASSERT_TRUE(reader.problem());
  EXPECT_EQ(reader.problem()->message, "params.b: expected a string, got an array");
}

TEST(MemberReader, SaysWhatIsMissing) {
  const auto value = boost::json::parse("{}");
  MemberReader reader(value);
  EXPECT_EQ(reader.needed_text("code"), "");
  EXPECT_EQ(reader.problem()->message, "code: missing; send a string");
}

TEST(MemberReader, ReadsNothingFromWhatIsNoObject) {
  const auto value = boost::json::parse("[1]");
  MemberReader reader(value, "params.");
  EXPECT_EQ(reader.needed_text("a"), "");
  EXPECT_EQ(reader.object("b"), nullptr);
  EXPECT_EQ(reader.problem()->message, "params: expected an object, got an array");
}

TEST(MemberReader, RefusesIntegersThatDoNotFit) {
  const auto value = boost::json::parse(R"({"a": 1e300, "b": 18446744073709551615})");
  MemberReader reader(value);
  EXPECT_FALSE(reader.integer("a"));
  EXPECT_FALSE(reader.integer("b"));
  EXPECT_EQ(reader.problem()->message, "a: expected an integer");
}

// Boost's parser must not go on inside a character: json/slices.h.
TEST(DocumentReader, ReadsTheSameWhereverASliceEnds) {
  std::string text;
  for (int i = 0; i < 4'000; ++i) text += "\xF0\x9F\x98\x80\xE2\x80\xA8";
  for (std::size_t pad = 0; pad < 7; ++pad) {
    const std::string body = "\"" + std::string(pad, 'x') + text + "\"";
    DocumentReader reader(body);
    while (reader.step(16 * kKiB)) {
    }
    const Document document = reader.finish();
    ASSERT_TRUE(std::holds_alternative<boost::json::value>(document)) << pad;
    EXPECT_EQ(std::get<boost::json::value>(document).as_string(), std::string(pad, 'x') + text);
  }
}

}  // namespace
}  // namespace forkjail::server
