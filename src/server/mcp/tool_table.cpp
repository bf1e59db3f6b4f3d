#include "server/mcp/tool_table.h"

#include <algorithm>
#include <array>

#include "json/text.h"
#include "server/mcp/tool_descriptions.h"

namespace forkjail::server::mcp {
namespace {

using enum ArgumentType;

constexpr ArgumentRow kSession{"session_id", text, "The session, as create_session named it.", true,
                               true};
constexpr ArgumentRow kPath{"path", text, "From the session's working directory, such as data.csv.",
                            true, true};

constexpr std::array kRunArguments{
    ArgumentRow{"code", text, "Python source, at most 100 KB.", true},
    ArgumentRow{"session_id", text,
                "The session to run in. Without one the code runs in a fresh interpreter that is "
                "gone afterwards.",
                false, true},
    ArgumentRow{"from_state", text,
                "The state of the session to start from, such as s3: goes back, or branches. "
                "Without one, the latest.",
                false, true},
    ArgumentRow{"files", files, "Put into the working directory before the code runs."},
    ArgumentRow{"timeout_s", number, "Seconds of wall time; less than the limit in force."},
};
constexpr std::array kCreateArguments{
    ArgumentRow{"files", files, "Put into the session's working directory."}};
constexpr std::array kSessionArguments{kSession};
constexpr std::array kReadArguments{kSession, kPath};
constexpr std::array kWriteArguments{
    kSession, kPath,
    ArgumentRow{"content", text, "The whole content; replaces a file that is there.", true},
    ArgumentRow{"encoding", encoding, "How content is written: utf-8 (the default) or base64."}};

constexpr std::string_view kChanges =
    R"({"readOnlyHint":false,"destructiveHint":false,"openWorldHint":false})";
constexpr std::string_view kReads = R"({"readOnlyHint":true,"openWorldHint":false})";
constexpr std::string_view kDestroys =
    R"({"readOnlyHint":false,"destructiveHint":true,"openWorldHint":false})";

constexpr std::array kTools{
    ToolRow{Tool::run_python, "run_python", "Run Python", kRunArguments, kChanges},
    ToolRow{Tool::create_session, "create_session", "Create a session", kCreateArguments, kChanges,
            true, false},
    ToolRow{Tool::list_states, "list_states", "List a session's states", kSessionArguments, kReads,
            true, false},
    ToolRow{Tool::read_file, "read_file", "Read a session's file", kReadArguments, kReads, true},
    ToolRow{Tool::write_file, "write_file", "Write a session's file", kWriteArguments, kChanges,
            true},
    ToolRow{Tool::end_session, "end_session", "End a session", kSessionArguments, kDestroys, true,
            false},
};

constexpr std::string_view kFilesSchema =
    R"("type":"array","items":{"type":"object","properties":{)"
    R"("path":{"type":"string","description":"Relative, such as data.csv or tables/a.csv."},)"
    R"("content":{"type":"string"},)"
    R"("encoding":{"type":"string","enum":["utf-8","base64"],"default":"utf-8"}},)"
    R"("required":["path","content"],"additionalProperties":false})";

std::string_view schema_of(ArgumentType type) {
  switch (type) {
    case text:
      return R"("type":"string")";
    case number:
      return R"("type":"number","exclusiveMinimum":0)";
    case files:
      return kFilesSchema;
    case encoding:
      return R"("type":"string","enum":["utf-8","base64"])";
  }
  return {};
}

void append_schema(std::string& json, const ToolRow& tool, const ServiceFacts& facts) {
  std::string required;
  json += R"({"type":"object","properties":{)";
  for (const ArgumentRow& argument : tool.arguments) {
    if (argument.of_sessions && !facts.has_sessions) continue;
    json::append_key(json, argument.name);
    json.append("{").append(schema_of(argument.type));
    json::append_key(json, "description");
    json::append_string(json, argument.description);
    json += "}";
    if (!argument.required) continue;
    required += required.empty() ? "" : ",";
    json::append_string(required, argument.name);
  }
  json += R"(},"additionalProperties":false)";
  if (!required.empty()) json.append(R"(,"required":[)").append(required).append("]");
  json += "}";
}

}  // namespace

std::span<const ToolRow> tools() { return kTools; }

const ToolRow* find_tool(std::string_view name, bool has_sessions) {
  const auto* const row = std::ranges::find(kTools, name, &ToolRow::name);
  return row == kTools.end() || (row->of_sessions && !has_sessions) ? nullptr : row;
}

std::string tools_json(const ServiceFacts& facts) {
  std::string json;
  for (const ToolRow& tool : kTools) {
    if (tool.of_sessions && !facts.has_sessions) continue;
    json += json.empty() ? "{" : ",{";
    json::append_key(json, "name");
    json::append_string(json, tool.name);
    json::append_key(json, "title");
    json::append_string(json, tool.title);
    json::append_key(json, "description");
    json::append_string(json, describe(tool.tool, facts));
    json::append_key(json, "inputSchema");
    append_schema(json, tool, facts);
    json::append_key(json, "annotations");
    json.append(tool.annotations).append("}");
  }
  return json;
}

std::string instructions(const ServiceFacts& facts) {
  std::string told =
      "Runs Python in a sandbox. Call run_python with code; print, or end with an expression, to "
      "see a value.";
  if (facts.has_sessions) {
    told +=
        " To keep variables and files between calls, call create_session once and pass its "
        "session_id to run_python.";
  }
  return told;
}

}  // namespace forkjail::server::mcp
