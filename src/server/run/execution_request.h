// One run as the client asked for it: decoded, checked, within the server's limits.
#pragma once

#include <cstdint>
#include <string>

#include "base/limits.h"
#include "protocol/run_frames.h"
#include "server/run/session_fields.h"

namespace forkjail::server {

// The parts of an answer beside the two fields that every answer has; `include` of the contract.
enum class AnswerPart : std::uint8_t { err, usage, truncated, files, display, isolation, details };

class AnswerParts {
 public:
  void add(AnswerPart part) { bits_ |= 1U << static_cast<unsigned>(part); }
  void add_all() { bits_ = ~0U; }
  [[nodiscard]] bool has(AnswerPart part) const {
    return (bits_ & 1U << static_cast<unsigned>(part)) != 0;
  }

 private:
  unsigned bits_ = 0;
};

struct ExecutionRequest {
  std::string script;     // UTF-8, not empty, at most kScriptBytesMax
  std::string args_json;  // an object or an array with numbers as they were sent; empty: main()
  std::string stdin_text;
  std::string env_block;   // "NAME=value\0" each, as the cell takes it (protocol/run_frames.h)
  std::string file_block;  // what is put into the working directory (protocol/file_block.h)
  protocol::RunMode mode = protocol::RunMode::main;
  AnswerParts include;
  bool as_events = false;              // what happens is told at once
  bool display_details = false;        // protocol::kWantsDisplayDetails
  bool advice_without_fields = false;  // protocol::kAdviceWithoutFields
  RunLimits limits;
  SessionFields session;  // of a session's request

  // What the run shows is wanted where it was asked for or is told at once, and always in a
  // notebook's cell, whose value may be nothing that JSON has.
  [[nodiscard]] bool wants_display() const {
    return include.has(AnswerPart::display) || mode == protocol::RunMode::repl || as_events;
  }
};

}  // namespace forkjail::server
