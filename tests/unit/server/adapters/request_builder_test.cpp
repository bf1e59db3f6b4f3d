#include "server/adapters/request_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace forkjail::server {
namespace {

using protocol::FileEncoding;
using std::chrono::milliseconds;

RequestBuilder builder() {
  RequestBuilder made(RunLimits{});
  made.script("print(1)");
  return made;
}

std::string problem_of(RequestBuilder& builder) {
  const auto decoded = builder.finish();
  const auto* const problem = std::get_if<RequestError>(&decoded);
  return problem == nullptr ? "" : std::to_string(problem->status) + " " + problem->message;
}

ExecutionRequest request_of(RequestBuilder& builder) {
  return std::get<ExecutionRequest>(builder.finish());
}

TEST(RequestBuilder, BuildsAProgram) {
  auto made = builder();
  const std::vector<std::string> arguments{"-v", "a \"b\""};
  made.argv(arguments);
  made.stdin_text("in");
  made.env("NAME", "value");
  const auto request = request_of(made);
  EXPECT_EQ(request.script, "print(1)");
  EXPECT_EQ(request.mode, protocol::RunMode::program);
  EXPECT_EQ(request.args_json, R"(["-v","a \"b\""])");
  EXPECT_EQ(request.stdin_text, "in");
  EXPECT_EQ(request.env_block, std::string("NAME=value\0", 11));
}

TEST(RequestBuilder, ClampsLimits) {
  auto made = builder();
  made.limit_wall_time(3'600);
  made.limit_cpu_time(0.25);
  made.limit_memory(-1);
  auto request = request_of(made);
  EXPECT_EQ(request.limits.wall_time, RunLimits{}.wall_time);
  EXPECT_EQ(request.limits.cpu_time, milliseconds(250));
  EXPECT_EQ(request.limits.memory_bytes, RunLimits{}.memory_bytes);

  auto tiny = builder();
  tiny.limit_wall_time(1e-9);
  tiny.limit_memory(1);
  EXPECT_GT(request_of(tiny).limits.wall_time.count(), 0);
}

TEST(RequestBuilder, RefusesWhatExecuteRefuses) {
  RequestBuilder none{RunLimits{}};
  none.script("", "code");
  EXPECT_EQ(problem_of(none), "400 code: must not be empty");
  RequestBuilder large{RunLimits{}};
  large.script(std::string(kScriptBytesMax + 1, 'x'), "code");
  EXPECT_EQ(problem_of(large).substr(0, 16), "413 code: larger");

  auto absolute = builder();
  absolute.file("/etc/passwd", "", FileEncoding::utf8);
  EXPECT_EQ(problem_of(absolute), "400 files[0].path: must be relative to the working directory");
  auto twice = builder();
  twice.file("a", "", FileEncoding::utf8);
  twice.file("a", "", FileEncoding::utf8);
  EXPECT_EQ(problem_of(twice), "400 files[1].path: \"a\" stands there twice");
  auto base64 = builder();
  base64.file("a", "!", FileEncoding::base64);
  EXPECT_EQ(problem_of(base64).substr(0, 44), "400 files[0].content: not valid base64 (RFC ");
}

TEST(RequestBuilder, ChecksVariables) {
  auto name = builder();
  name.env("A=B", "");
  EXPECT_EQ(problem_of(name),
            "400 env: \"A=B\" is not a valid variable name: it must be non-empty and contain "
            "neither '=' nor NUL");
  auto value = builder();
  value.env("A", std::string_view("\0", 1));
  EXPECT_EQ(problem_of(value), "400 env.A: a value must not contain NUL");
  auto many = builder();
  for (std::size_t i = 0; i <= kEnvEntriesMax; ++i) many.env("A" + std::to_string(i), "");
  EXPECT_EQ(problem_of(many), "400 env: at most 256 variables");
  auto large = builder();
  large.env("A", std::string(kEnvBytesMax, 'x'));
  EXPECT_EQ(problem_of(large), "400 env: larger than 65536 bytes in all");
}

TEST(RequestBuilder, KeepsTheFirstProblem) {
  auto made = builder();
  made.file("..", "", FileEncoding::utf8);
  made.env("", "");
  EXPECT_EQ(problem_of(made), "400 files[0].path: must not contain \"..\"");
}

}  // namespace
}  // namespace forkjail::server
