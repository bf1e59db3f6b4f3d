#include "server/mcp/tool_arguments.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace forkjail::server::mcp {
namespace {

std::string problem(std::string_view tool, std::string_view json, bool has_sessions = true) {
  const boost::json::value given = boost::json::parse({json.data(), json.size()});
  return ToolArguments(given.get_object(), *find_tool(tool, has_sessions), has_sessions).problem();
}

TEST(ToolArguments, TakesWhatTheToolHas) {
  const boost::json::value given = boost::json::parse(
      R"({"code":"1","session_id":null,"timeout_s":2,"files":[{"path":"a","content":"AA==",)"
      R"("encoding":"base64"},{"path":"b","content":"x","encoding":null}]})");
  const ToolArguments arguments(given.get_object(), *find_tool("run_python", true), true);
  EXPECT_EQ(arguments.problem(), "");
  EXPECT_EQ(arguments.text("code"), "1");
  EXPECT_EQ(arguments.text("session_id"), "");
  EXPECT_EQ(arguments.number("timeout_s"), 2);
  const auto files = arguments.files();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].encoding, protocol::FileEncoding::base64);
  EXPECT_EQ(files[1].path, "b");
}

TEST(ToolArguments, NamesWhatIsWrong) {
  EXPECT_EQ(problem("run_python", "{}"), "code: is missing");
  EXPECT_EQ(problem("run_python", R"({"code":null})"), "code: is missing");
  EXPECT_EQ(problem("run_python", R"({"code":1})"), "code: must be a string");
  EXPECT_EQ(problem("run_python", R"({"code":"1","timeout":1})"),
            "timeout: there is no such argument; did you mean timeout_s? run_python takes code, "
            "session_id, from_state, files and timeout_s");
  EXPECT_EQ(problem("end_session", R"({"session_id":"s","colour":1})"),
            "colour: there is no such argument; end_session takes session_id");
  for (const std::string_view seconds : {"0", "-1", "\"1\"", "true"}) {
    EXPECT_EQ(problem("run_python", R"({"code":"1","timeout_s":)" + std::string(seconds) + "}"),
              "timeout_s: must be a number above 0");
  }
  EXPECT_EQ(problem("run_python", R"({"code":"1","files":{}})"),
            "files: must be an array of {path, content, encoding}");
  EXPECT_EQ(problem("run_python", R"({"code":"1","files":[{"path":"a","content":""},1]})"),
            "files[1]: must be an object with path and content");
  EXPECT_EQ(problem("run_python", R"({"code":"1","files":[{"path":"a"}]})"),
            "files[0]: needs a content, a string");
  EXPECT_EQ(problem("run_python", R"({"code":"1","files":[{"path":"a","content":"","mode":1}]})"),
            "files[0]: takes path, content and encoding, nothing else");
  EXPECT_EQ(
      problem("write_file", R"({"session_id":"s","path":"p","content":"c","encoding":"latin-1"})"),
      "encoding: must be utf-8 or base64");
}

TEST(ToolArguments, TakesAsManyFilesAsARequest) {
  std::string files;
  for (int i = 0; i <= 1'000; ++i) files += i == 0 ? "1" : ",1";
  EXPECT_EQ(problem("run_python", R"({"code":"1","files":[)" + files + "]}"),
            "files: at most 1000 files");
}

TEST(ToolArguments, KnowsNoSessionsWhereThereAreNone) {
  EXPECT_EQ(problem("run_python", R"({"code":"1","session_id":"a"})", false),
            "session_id: there is no such argument; run_python takes code, files and timeout_s");
  EXPECT_EQ(find_tool("create_session", false), nullptr);
}

TEST(ToolTable, DescribesWhatIsInForce) {
  ServiceFacts facts;
  facts.packages = "python 3.11.2, numpy 2.3.5";
  const auto parse = [](const std::string& tools) { return boost::json::parse("[" + tools + "]"); };
  const boost::json::value alone = parse(tools_json(facts));
  ASSERT_EQ(alone.get_array().size(), 1U);
  facts.has_sessions = facts.has_checkpoints = true;
  facts.states_max = 8;
  const boost::json::value all = parse(tools_json(facts));
  EXPECT_EQ(all.get_array().size(), tools().size());
  const auto& text = all.at(0).at("description").get_string();
  EXPECT_NE(text.find("30 s of wall time"), boost::json::string::npos);
  EXPECT_NE(text.find("128 MB of memory"), boost::json::string::npos);
  EXPECT_NE(text.find("numpy 2.3.5"), boost::json::string::npos);
  EXPECT_FALSE(all.at(0).get_object().contains("outputSchema"));  // or clients drop the figures
}

}  // namespace
}  // namespace forkjail::server::mcp
