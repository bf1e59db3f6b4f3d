// The end of a run as other systems see it, which start `python script.py` as a process: an exit
// code or a signal, and a traceback on stderr. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/runner/runner.h"

namespace forkjail::server {

enum class EndCause : std::uint8_t {
  exited,  // by itself, with whatever code
  raised,  // an exception, or a script that does not compile
  time,    // of the wall or of the CPU
  memory,
  output,
  syscall,
  crash,
};

struct ProcessEnd {
  EndCause cause = EndCause::exited;
  int exit_code = 0;        // as a shell has it: 128 and the signal's number of a killed one
  std::string_view signal;  // "SIGKILL"; empty: none. A constant
  bool compiles = true;     // false: a syntax error
  std::string err;          // what was printed to stderr, then the traceback
  std::string why;          // the error line; empty: it ended well
};

// Of a run that returned or failed; not of one that was lost or interrupted.
[[nodiscard]] ProcessEnd process_end(const Finished& run);

}  // namespace forkjail::server
