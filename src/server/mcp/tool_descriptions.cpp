#include "server/mcp/tool_descriptions.h"

#include <chrono>
#include <string_view>

#include "json/text.h"

namespace forkjail::server::mcp {
namespace {

using Seconds = std::chrono::duration<double>;

std::string number_text(double value) {
  std::string text;
  json::append_number(text, value);
  return text;
}

std::string seconds_text(std::chrono::milliseconds time) {
  return number_text(Seconds(time).count()) + " s";
}

std::string megabytes_text(std::uint64_t bytes) { return std::to_string(bytes / kMiB) + " MB"; }

// A session's times are long: "30 minutes".
std::string minutes_text(std::chrono::milliseconds time) {
  return number_text(std::chrono::duration<double, std::ratio<60>>(time).count()) + " minutes";
}

std::string run_python(const ServiceFacts& facts) {
  std::string text =
      "Runs Python in a sandbox, as a notebook runs a cell. Returns what the code prints, the "
      "value "
      "of its last expression, matplotlib's figures as images, and the files it makes. Top-level "
      "await works.";
  if (!facts.packages.empty()) text += " There is: " + facts.packages + ".";
  text +=
      " There is no network, no process can be started, and nothing can be installed. Limits of a "
      "call: " +
      seconds_text(facts.limits.wall_time) + " of wall time, " +
      seconds_text(facts.limits.cpu_time) + " of CPU time, " +
      megabytes_text(facts.limits.memory_bytes) + " of memory beyond the libraries, " +
      std::to_string(facts.limits.output_bytes / kKiB) + " KB of output.";
  if (facts.has_sessions) {
    text +=
        " Without session_id each call starts anew, and its variables and files are gone "
        "afterwards; with a session_id of create_session they are kept.";
  } else {
    text += " Each call starts anew: its variables and files are gone afterwards.";
  }
  constexpr std::string_view kExample =
      R"x( Example: {"code": "import pandas as pd\npd.read_csv('data.csv').describe()", )x"
      R"x("files": [{"path": "data.csv", "content": "a,b\n1,2\n3,4\n"}]})x";
  return text.append(kExample);
}

std::string create_session(const ServiceFacts& facts) {
  std::string text =
      "Makes a session: an interpreter that keeps variables, imports and files from one run_python "
      "to the next. Returns JSON {\"session_id\", \"state\", \"expires_at\"}; pass session_id to "
      "the other tools. ";
  text += facts.has_checkpoints
              ? "Each run makes a new state, and a run that is killed (time, memory, crash) goes "
                "back to the state before it, so that nothing is lost. The last " +
                    std::to_string(facts.states_max) +
                    " states are kept: run_python with from_state goes back to one, or branches. "
                    "Threads of an earlier run do not live on in another state. "
              : "A run that is killed (time, memory, crash) ends the session with all its state. ";
  return text + "A session has " + megabytes_text(facts.session_limits.memory_bytes) +
         " of memory and ends after " + minutes_text(facts.session_limits.idle_time) +
         " without a call. Its files are gone then, too.";
}

}  // namespace

std::string describe(Tool tool, const ServiceFacts& facts) {
  switch (tool) {
    case Tool::run_python:
      return run_python(facts);
    case Tool::create_session:
      return create_session(facts);
    case Tool::list_states:
      return "Shows a session as JSON: when it expires, the memory it uses, and its states, each "
             "with the state that it came from. run_python with from_state starts from one of "
             "them.";
    case Tool::read_file:
      return "Reads a file of a session. A text comes as text, a picture as an image. Of a long "
             "text the start and the end are shown; to see a part of it, read it with run_python.";
    case Tool::write_file:
      return "Writes a file into a session's working directory; its folders are made. Code reads "
             "it by the same path, such as open(\"data.csv\").";
    case Tool::end_session:
      return "Ends a session: its variables, states and files are gone.";
  }
  return {};
}

}  // namespace forkjail::server::mcp
