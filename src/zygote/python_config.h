// Starts the embedded CPython in a known state: the environment, the command line and the machine's
// configuration have no influence on how scripts run. Zygote, once, before any other use of Python.
#pragma once

#include "base/result.h"
#include "zygote/python_host.h"

namespace forkjail::zygote {

Status initialize_python(const PythonPaths& paths);

}  // namespace forkjail::zygote
