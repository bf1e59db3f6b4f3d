// One run as the client asked for it: decoded, checked, within the server's limits.
#pragma once

#include <string>

#include "base/limits.h"

namespace forkjail::server {

struct ExecutionRequest {
  std::string script;     // UTF-8, not empty, at most kScriptBytesMax
  std::string args_json;  // an object or an array with numbers as they were sent; empty: main()
  std::string stdin_text;
  std::string env_block;  // "NAME=value\0" each, as the cell takes it (protocol/run_frames.h)
  RunLimits limits;
  bool verbose = false;
};

}  // namespace forkjail::server
