// A session in places without a keeper: the cell's one process serves request after request, and
// its memory is the session's state. It has the filter of a cell for one run, so a script can start
// no process here either, and nothing is left to go back to if it is killed.
#pragma once

#include <string>

#include "zygote/python_host.h"

namespace forkjail::zygote {

// Cell, after `parked` was sent. Reads from the request pipe until the server closes it; then the
// process exits. `directory`: the working directory. Never returns.
[[noreturn]] void session_process(PythonHost& host, const std::string& directory);

}  // namespace forkjail::zygote
