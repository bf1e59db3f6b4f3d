#include "server/compat/program.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <variant>
#include <vector>

namespace forkjail::server {
namespace {

Decoded decoded(const Program& program) {
  RequestBuilder builder{RunLimits{}};
  add_program(builder, program);
  return builder.finish();
}

TEST(Program, GoesAsItIs) {
  const std::vector<std::string> arguments{"a", "b\"c"};
  const auto request = std::get<ExecutionRequest>(
      decoded({.source = "print(1)", .name = "code", .arguments = arguments}));
  EXPECT_EQ(request.mode, protocol::RunMode::program);
  EXPECT_EQ(request.script, "print(1)");
  EXPECT_EQ(request.args_json, R"(["a","b\"c"])");
}

TEST(Program, GoesAsAnArgumentWhereItIsLarge) {
  const std::string source(kScriptBytesMax + 1, '#');
  const std::vector<std::string> arguments{"a"};
  const auto request = std::get<ExecutionRequest>(
      decoded({.source = source, .name = "code", .arguments = arguments}));
  EXPECT_EQ(request.mode, protocol::RunMode::main);
  EXPECT_LT(request.script.size(), 4 * kKiB);
  const auto given = boost::json::parse(request.args_json);
  EXPECT_EQ(given.at("source").as_string(), source);
  EXPECT_EQ(given.at("arguments"), (boost::json::array{"a"}));
  EXPECT_EQ(given.at("shows_last_value"), false);
}

TEST(Program, GoesAsAnArgumentWhereItShowsItsLastValue) {
  const auto request = std::get<ExecutionRequest>(
      decoded({.source = "1", .name = "code", .shows_last_value = true}));
  EXPECT_EQ(boost::json::parse(request.args_json).at("shows_last_value"), true);
}

TEST(Program, MustNotBeEmpty) {
  const auto error = std::get<RequestError>(decoded({.source = "", .name = "code"}));
  EXPECT_EQ(error.message, "code: must not be empty");
}

}  // namespace
}  // namespace forkjail::server
