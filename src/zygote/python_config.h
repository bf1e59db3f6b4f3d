// Starts the embedded CPython in a known state: the environment, the command line and the machine's
// configuration have no influence on how scripts run. Zygote, once, before any other use of Python.
#pragma once

#include <string>

#include "base/result.h"

namespace forkjail::zygote {

// Where Python finds its files: absolute paths as seen inside the jail.
struct PythonPaths {
  std::string stdlib;         // "/usr/lib/python3.11"
  std::string lib_dynload;    // "/usr/lib/python3.11/lib-dynload"
  std::string site_packages;  // numpy, pandas; may be empty
  std::string runtime;        // this project's runtime/: preload.py, harness.py
};

Status initialize_python(const PythonPaths& paths);

}  // namespace forkjail::zygote
