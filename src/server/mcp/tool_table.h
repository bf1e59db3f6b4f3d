// The tools that a model can call, and their arguments: the one table for `tools/list`, for the
// check of arguments and for the calls. Descriptions are written for a model: what is there, what
// is not, the limits in force, an example. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "server/run/session_fields.h"

namespace forkjail::server::mcp {

enum class Tool : std::uint8_t {
  run_python,
  create_session,
  list_states,
  read_file,
  write_file,
  end_session,
};

enum class ArgumentType : std::uint8_t { text, number, files, encoding };

struct ArgumentRow {
  std::string_view name;
  ArgumentType type;
  std::string_view description;
  bool required = false;
  bool of_sessions = false;  // only where there are sessions
};

struct ToolRow {
  Tool tool;
  std::string_view name;
  std::string_view title;
  std::span<const ArgumentRow> arguments;
  std::string_view annotations;  // JSON: hints for clients that ask their user first
  bool of_sessions = false;
  bool runs = true;  // something in a cell; else it only looks at the session
};

[[nodiscard]] std::span<const ToolRow> tools();
// Null: there is no such tool here.
[[nodiscard]] const ToolRow* find_tool(std::string_view name, bool has_sessions);

// What descriptions tell of the service.
struct ServiceFacts {
  RunLimits limits;  // of who asks
  SessionLimits session_limits;
  std::uint32_t states_max = 0;
  bool has_sessions = false;
  bool has_checkpoints = false;
  std::string packages;  // "python 3.11.2, numpy 1.26.4"; empty: not known yet
};

// The tools as `tools/list` has them, by commas.
[[nodiscard]] std::string tools_json(const ServiceFacts& facts);
// What a client may tell its model of the service as a whole.
[[nodiscard]] std::string instructions(const ServiceFacts& facts);

}  // namespace forkjail::server::mcp
