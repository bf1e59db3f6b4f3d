#include "server/api/request_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

namespace forkjail::server {
namespace {

using testing::HasSubstr;
using testing::Not;

ExecutionRequest accepted(std::string_view body) {
  auto decoded = decode_execution_request(body, RunLimits{}, json::HashSecret{});
  if (const auto* error = std::get_if<RequestError>(&decoded)) {
    ADD_FAILURE() << "refused: " << error->message;
    return {};
  }
  return std::get<ExecutionRequest>(std::move(decoded));
}

RequestError refused(std::string_view body) {
  auto decoded = decode_execution_request(body, RunLimits{}, json::HashSecret{});
  if (std::holds_alternative<ExecutionRequest>(decoded)) {
    ADD_FAILURE() << "accepted: " << body.substr(0, 200);
    return {0, {}};
  }
  return std::get<RequestError>(std::move(decoded));
}

auto parts_of(const ExecutionRequest& request) {
  const RunLimits& limits = request.limits;
  return std::tie(request.script, request.args_json, request.stdin_text, request.env_block,
                  request.file_block, request.mode, limits.wall_time, limits.cpu_time,
                  limits.memory_bytes, limits.output_bytes);
}

// A request whose args are `args`.
std::string with_args(std::string_view args) {
  return R"({"script":"x","args":)" + std::string(args) + "}";
}

TEST(RequestDecoder, TakesAScriptAlone) {
  const auto request = accepted(R"({"script": "def main():\n    return '\u00e9'"})");
  EXPECT_EQ(request.script, "def main():\n    return '\xC3\xA9'");
  EXPECT_EQ(request.args_json, "");
  EXPECT_EQ(request.stdin_text, "");
  EXPECT_EQ(request.env_block, "");
  EXPECT_FALSE(request.include.has(AnswerPart::usage));
  EXPECT_EQ(request.mode, protocol::RunMode::main);
  EXPECT_EQ(request.limits.wall_time, RunLimits{}.wall_time);
}

TEST(RequestDecoder, TakesEveryFieldInAnyOrder) {
  const auto request = accepted(
      R"({"verbose":true,"env":{"A":"1","B_2":""},"limits":{"wall_time_s":1.5,"cpu_time_s":2,)"
      R"("memory_mb":64,"output_bytes":0},"stdin":"in","args":[1],"script":"s"})");
  EXPECT_TRUE(request.include.has(AnswerPart::err));
  EXPECT_TRUE(request.include.has(AnswerPart::files));
  EXPECT_EQ(request.env_block, std::string("A=1\0B_2=\0", 9));
  EXPECT_EQ(request.limits.wall_time.count(), 1'500);
  EXPECT_EQ(request.limits.cpu_time.count(), 2'000);
  EXPECT_EQ(request.limits.memory_bytes, 64 * kMiB);
  EXPECT_EQ(request.limits.output_bytes, 0U);
  EXPECT_EQ(request.stdin_text, "in");
  EXPECT_EQ(request.args_json, "[1]");
}

TEST(RequestDecoder, ForwardsArgsWithNumbersExactlyAsSent) {
  for (const std::string_view args :
       {R"({"a":123456789012345678901234567890,"b":-0,"c":1.10,"d":1e400,"e":[true,false,null]})",
        R"([0.1000000000000000055511151231257827,-12345678901234567890123,1E-7])", R"({})", R"([])",
        R"({"a":{"b":[[],{},[{}]]},"c":"\"\\\n"})"}) {
    EXPECT_EQ(accepted(with_args(args)).args_json, args);
  }
}

TEST(RequestDecoder, WritesStringsOfArgsAsEquivalentJson) {
  EXPECT_EQ(accepted(with_args(R"(["\u00e9\/\u0001\ud83d\udc0d", "\t"])")).args_json,
            "[\"\xC3\xA9/\\u0001\xF0\x9F\x90\x8D\",\"\\t\"]");
}

TEST(RequestDecoder, RefusesAMissingEmptyOrNonStringScript) {
  EXPECT_THAT(refused("{}").message, HasSubstr("script: missing"));
  EXPECT_THAT(refused(R"({"script":""})").message, HasSubstr("must not be empty"));
  for (const char* value : {"1", "null", "[]", "{}", "true"}) {
    const auto error = refused(R"({"script":)" + std::string(value) + "}");
    EXPECT_EQ(error.status, 400U);
    EXPECT_THAT(error.message, HasSubstr("script: expected a string"));
  }
}

TEST(RequestDecoder, AcceptsAScriptOfTheFullSizeAndAnswers413Beyond) {
  EXPECT_EQ(accepted(R"({"script":")" + std::string(kScriptBytesMax, 'x') + "\"}").script.size(),
            kScriptBytesMax);
  EXPECT_EQ(refused(R"({"script":")" + std::string(kScriptBytesMax + 1, 'x') + "\"}").status, 413U);
}

TEST(RequestDecoder, NamesAnUnknownField) {
  const auto error = refused(R"({"script":"x","scirpt":1})");
  EXPECT_EQ(error.status, 400U);
  EXPECT_THAT(error.message, HasSubstr("unknown field \"scirpt\""));
  EXPECT_THAT(refused(R"({"script":"x","limits":{"wall":1}})").message, HasSubstr("\"wall\""));
}

TEST(RequestDecoder, NamesTheFieldThatWasMeant) {
  EXPECT_THAT(refused(R"({"scirpt":"x"})").message, HasSubstr("did you mean script?"));
  EXPECT_THAT(refused(R"({"code":"x"})").message, HasSubstr("did you mean script?"));
  EXPECT_THAT(refused(R"({"script":"x","inculde":[]})").message,
              HasSubstr("did you mean include?"));
  EXPECT_THAT(refused(R"({"script":"x","zzzzzz":1})").message, Not(HasSubstr("did you mean")));
}

TEST(RequestDecoder, TakesNullForAnOptionalFieldAsItsAbsence) {
  const auto request =
      accepted(R"({"script":"x","args":null,"stdin":null,"env":null,"files":null,"limits":null,)"
               R"("mode":null,"include":null,"verbose":null})");
  EXPECT_EQ(request.args_json, "");
  EXPECT_EQ(request.file_block, "");
  EXPECT_EQ(request.limits.wall_time, RunLimits{}.wall_time);
  EXPECT_EQ(accepted(R"({"script":"x","limits":{"memory_mb":null}})").limits.memory_bytes,
            RunLimits{}.memory_bytes);
  EXPECT_EQ(accepted(with_args("[null]")).args_json, "[null]");
  EXPECT_THAT(refused(R"({"script":null})").message, HasSubstr("script: expected a string"));
  EXPECT_THAT(refused(R"({"script":"x","include":[null]})").message, HasSubstr("include[0]"));
}

TEST(RequestDecoder, TakesTheModesAndNamesThem) {
  EXPECT_EQ(accepted(R"({"script":"x","mode":"program"})").mode, protocol::RunMode::program);
  EXPECT_EQ(accepted(R"({"script":"x","mode":"repl"})").mode, protocol::RunMode::repl);
  EXPECT_THAT(refused(R"({"script":"x","mode":"Program"})").message, HasSubstr("\"program\""));
  EXPECT_THAT(refused(R"({"script":"x","mode":1})").message, HasSubstr("mode: expected"));
}

TEST(RequestDecoder, TakesOnlyStringsAsArgumentsOfAProgram) {
  const auto with = [](std::string_view args) {
    return R"({"args":)" + std::string(args) + R"(,"script":"x","mode":"program"})";
  };
  for (const char* args : {R"(["a","b"])", "[]", "null"}) accepted(with(args));
  for (const char* args : {R"({"a":"b"})", "[1]", R"(["a",null])", R"([["a"]])"}) {
    EXPECT_THAT(refused(with(args)).message, HasSubstr("sys.argv")) << args;
  }
}

TEST(RequestDecoder, TakesThePartsOfAnAnswerByName) {
  const auto request = accepted(R"({"script":"x","include":["files","stderr","files"]})");
  EXPECT_TRUE(request.include.has(AnswerPart::files));
  EXPECT_TRUE(request.include.has(AnswerPart::err));
  EXPECT_FALSE(request.include.has(AnswerPart::usage));
  const auto error = refused(R"({"script":"x","include":["files","file"]})");
  EXPECT_THAT(error.message, HasSubstr("include[1]: \"file\" is unknown; known parts: stderr,"));
}

TEST(RequestDecoder, RefusesDuplicateKeysAtEveryLevelAndNamesThem) {
  EXPECT_THAT(refused(R"({"script":"x","script":"y"})").message,
              HasSubstr("duplicate key \"script\""));
  EXPECT_THAT(refused(R"({"script":"x","env":{"A":"","A":""}})").message,
              HasSubstr("env: duplicate key \"A\""));
  EXPECT_THAT(refused(with_args(R"([{"k":[{"b":1,"a":2,"b":3}]}])")).message,
              HasSubstr("args: duplicate key \"b\""));
  EXPECT_THAT(refused(with_args(R"({"a":1,"\u0061":2})")).message,
              HasSubstr("duplicate key \"a\""));
  accepted(with_args(R"({"a":{"a":{"a":1}},"b":{"a":2}})"));  // the same name in other objects
}

TEST(RequestDecoder, FindsADuplicateAmongVeryManyKeysWhereItStands) {
  std::string args = "{";
  for (int i = 0; i < 20'000; ++i) args += "\"" + std::to_string(i) + "\":0,";
  accepted(with_args(args + "\"last\":0}"));
  const std::string broken = args + "\"77\":0, and no JSON from here on";
  EXPECT_THAT(refused(with_args(broken)).message, HasSubstr("args: duplicate key \"77\""));
}

TEST(RequestDecoder, DecodesTheSameInSlicesOfAnySize) {
  for (const std::string_view body : {
           std::string_view(R"({"script":"a\n\u00e9\ud83d\udc0d","verbose":true,"stdin":"i\tn"} )"),
           std::string_view(R"({"env":{"A_1":"x\u00e9","B":""},"limits":{"wall_time_s":1.25e1,)"
                            R"("memory_mb":64},"script":"s"})"),
           std::string_view(R"({"script":"s","mode":"repl","include":["files","usage"],"files":)"
                            R"([{"path":"d/a\u00e9","content":"x\ny"},{"encoding":"base64",)"
                            R"("content":"aGk=","path":"b"}]})"),
           std::string_view(R"({"script":"s","args":{"k\u0061\"":[-1.50,12345678901234567890123,)"
                            R"(1E-7,true,null,{"Ã©":"ð"}],"b":-0}})"),
       }) {
    const ExecutionRequest whole = accepted(body);
    for (std::size_t slice = 1; slice <= body.size(); ++slice) {
      RequestDecoder decoder(body, RequestTerms{}, json::HashSecret{});
      while (decoder.step(slice)) {
      }
      const auto decoded = decoder.finish();
      ASSERT_TRUE(std::holds_alternative<ExecutionRequest>(decoded))
          << slice << ": " << std::get<RequestError>(decoded).message;
      EXPECT_EQ(parts_of(std::get<ExecutionRequest>(decoded)), parts_of(whole)) << slice;
    }
  }
}

TEST(RequestDecoder, RefusesTheSameInSlicesOfAnySize) {
  for (const std::string_view body :
       {std::string_view(R"({"script":"x","script":"y"})"), std::string_view(R"({"script":"x"} x)"),
        std::string_view(R"({"script":"x")"), std::string_view("{\"script\":\"\xED\xA0\x80\"}"),
        std::string_view(R"({"script":"x","args":[{"a":1,"b":2,"\u0061":3}]})"),
        std::string_view(R"({"script":"x","args":[01]})"), std::string_view(R"({"script":12e})"),
        std::string_view("\xEF\xBB\xBF{}"), std::string_view("")}) {
    for (std::size_t slice = 1; slice <= body.size() + 1; ++slice) {
      RequestDecoder decoder(body, RequestTerms{}, json::HashSecret{});
      while (decoder.step(slice)) {
      }
      const auto decoded = decoder.finish();
      ASSERT_TRUE(std::holds_alternative<RequestError>(decoded)) << body << ' ' << slice;
      EXPECT_EQ(std::get<RequestError>(decoded).status, 400U) << body << ' ' << slice;
    }
  }
}

TEST(RequestDecoder, RefusesWhatIsNotOneJsonObjectInUtf8) {
  EXPECT_THAT(refused("").message, HasSubstr("empty"));
  EXPECT_THAT(refused("[]").message, HasSubstr("JSON object"));
  EXPECT_THAT(refused("\"x\"").message, HasSubstr("JSON object"));
  EXPECT_THAT(refused("\xEF\xBB\xBF{\"script\":\"x\"}").message, HasSubstr("byte order mark"));
  EXPECT_THAT(refused(R"({"script":"x"} x)").message, HasSubstr("after the object"));
  EXPECT_THAT(refused(R"({"script":"x")").message, HasSubstr("too early"));
  for (const std::string_view body :
       {"{\"script\":\"\xFF\"}", "{\"script\":\"\xC0\xAF\"}", "{\"script\":\"\xED\xA0\x80\"}",
        R"({"script":"\ud800"})", R"({"script":"x",})", R"({'script':"x"})",
        "{\"script\":\"a\nb\"}", R"({"script":"x","args":[NaN]})",
        R"({"script":"x","args":[01]})"}) {
    EXPECT_EQ(refused(body).status, 400U) << body;
  }
}

TEST(RequestDecoder, ExplainsHowALineBreakIsWritten) {
  EXPECT_THAT(refused("{\"script\":\"def main():\n  pass\"}").message,
              HasSubstr(R"(write it as \n or \t (at byte 22))"));
  EXPECT_THAT(refused("{\"script\":\"x\ty\"}").message, HasSubstr(R"(\t)"));
  EXPECT_THAT(refused("{\"script\":x\n}").message, Not(HasSubstr(R"(\t)")));
}

TEST(RequestDecoder, BoundsTheNestingOfArgs) {
  const auto nested = [](std::size_t depth) {
    return with_args(std::string(depth, '[') + std::string(depth, ']'));
  };
  accepted(nested(kJsonDepthMax));
  EXPECT_THAT(refused(nested(kJsonDepthMax + 1)).message, HasSubstr("nested deeper"));
  EXPECT_THAT(refused(with_args(std::string(1'000'000, '['))).message, HasSubstr("nested deeper"));
}

TEST(RequestDecoder, HoldsLimitsAgainstTheMaximaAndNamesBoth) {
  const auto with_limit = [](std::string_view limit) {
    return R"({"script":"x","limits":{)" + std::string(limit) + "}}";
  };
  EXPECT_EQ(refused(with_limit(R"("wall_time_s":31)")).message,
            "limits.wall_time_s: at most 30, got 31");
  EXPECT_EQ(refused(with_limit(R"("memory_mb":128.5)")).message,
            "limits.memory_mb: at most 128, got 128.5");
  for (const char* limit :
       {R"("wall_time_s":0)", R"("cpu_time_s":-1)", R"("memory_mb":0.5)", R"("output_bytes":-1)",
        R"("output_bytes":1.5)", R"("output_bytes":1e3)", R"("wall_time_s":"1")",
        R"("wall_time_s":1e999)", R"("cpu_time_s":true)"}) {
    const auto error = refused(with_limit(limit));
    EXPECT_EQ(error.status, 400U) << limit;
    EXPECT_THAT(error.message, HasSubstr("limits.")) << limit;
  }
}

TEST(RequestDecoder, RefusesNamesAndValuesThatNoEnvironmentCanHold) {
  for (const char* env : {R"({"":"x"})", R"({"a=b":"x"})", R"({"a\u0000":"x"})",
                          R"({"a":"x\u0000"})", R"({"a":1})", R"({"a":null})", R"({"a":["x"]})"}) {
    EXPECT_THAT(refused(R"({"script":"x","env":)" + std::string(env) + "}").message,
                HasSubstr("env"))
        << env;
  }
  const std::string large(kEnvBytesMax, 'x');
  EXPECT_THAT(refused(R"({"script":"x","env":{"A":")" + large + "\"}}").message,
              HasSubstr("larger than"));
}

// Boost's parser must not go on inside a character: json/slices.h.
TEST(RequestDecoder, ReadsTheSameWhereverASliceEnds) {
  std::string text;
  for (int i = 0; i < 4'000; ++i) text += "\xF0\x9F\x98\x80\xE2\x80\xA8";
  for (std::size_t pad = 0; pad < 7; ++pad) {
    const std::string script = std::string(pad, 'x') + text;
    const std::string body = "{\"script\":\"" + script + "\"}";
    RequestDecoder decoder(body, RequestTerms{}, json::HashSecret{});
    while (decoder.step(16 * kKiB)) {
    }
    const Decoded decoded = decoder.finish();
    ASSERT_TRUE(std::holds_alternative<ExecutionRequest>(decoded)) << pad;
    EXPECT_EQ(std::get<ExecutionRequest>(decoded).script, script) << pad;
  }
}

}  // namespace
}  // namespace forkjail::server
