// Loads the Python side of the zygote (runtime/*.py) where a script neither finds nor bends it: not
// in sys.modules, not on sys.path, and each with a copy of the builtins of its own, so that a
// script that replaces builtins.len or print changes nothing here. Zygote, before the first clone.
#pragma once

#include <string>

#include "base/result.h"
#include "zygote/python_ref.h"

namespace forkjail::zygote {

// The Python exception that is set, taken off the interpreter; null when there is none.
PythonRef take_exception();

// The Python exception that is set, taken off, as an Error: "ImportError: no module named x".
Error python_error(std::string step);

// Runs directory/name.py as a module of its own.
Result<PythonRef> load_runtime_module(const std::string& directory, const std::string& name);

}  // namespace forkjail::zygote
