// Starts the embedded CPython in a known state: nothing of the environment, the command line or the
// machine's configuration decides how scripts run. Zygote, once, before any other use of Python.
#pragma once

#include "base/result.h"
#include "zygote/python_host.h"

namespace forkjail::zygote {

Status initialize_python(const PythonPaths& paths);

}  // namespace forkjail::zygote
