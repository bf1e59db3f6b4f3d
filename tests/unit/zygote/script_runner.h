// Runs scripts for the tests of src/zygote: one PythonHost for the test program, and for each
// script a forked child that goes through what a cell goes through, jail aside.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "zygote/python_host.h"

namespace forkjail::zygote {

struct ScriptCase {
  std::string script;
  std::string args_json{};
  std::string env_block{};
  std::string stdin_text{};
  std::uint64_t memory_bytes = 128ULL << 20;
  protocol::RunMode mode = protocol::RunMode::main;
  bool display = false;         // what the run displays is wanted
  bool without_fields = false;  // RunRequest::advice_without_fields
  bool limit_memory = false;    // RLIMIT_DATA on top of what the zygote holds
  bool prefault = false;        // PythonHost::touched_by_all() first, as a cell does
  bool pid_namespace = false;   // the child is pid 1 of a namespace of its own (needs privilege)
  int kill_after_ms = 0;        // SIGKILL then; 0: never
  // Runs of the same process before this one, in mode `repl`; of their replies nothing is kept.
  std::vector<std::string> earlier{};
};

struct ScriptOutcome {
  protocol::FrameType type{};
  std::string payload;
  std::vector<std::string> displayed;
  std::string stdout_text;
  std::string stderr_text;
  int wait_status = 0;
  bool replied = false;

  [[nodiscard]] boost::json::object failure() const;  // payload, parsed; empty if it is none
  [[nodiscard]] std::string field(std::string_view name) const;  // of failure(), as text
};

// Started on first use. The program must have one thread.
PythonHost& test_host();
[[nodiscard]] bool has_pandas();  // FORKJAIL_GUEST_SITE_PACKAGES names a directory that has it

ScriptOutcome run_case(const ScriptCase& script_case);
ScriptOutcome run_script(const std::string& script);
// The JSON of `return <expression>` with `prelude` before it; a failure's message if it is one.
std::string value_of(const std::string& expression, const std::string& prelude = "");

}  // namespace forkjail::zygote
