// Loads the Python side of the zygote (runtime/*.py) so that a script can neither find nor change
// it: not in sys.modules, not on sys.path, and each module with its own copy of the builtins, so
// that a script that replaces builtins.len or print changes nothing here. Zygote, before the first
// clone.
#pragma once

#include <string>

#include "base/result.h"
#include "zygote/python_ref.h"

namespace forkjail::zygote {

// Takes the Python exception that is set and clears it; null if there is none.
PythonRef take_exception();

// Takes the Python exception that is set, as an Error: "ImportError: no module named x".
Error python_error(std::string step);

// Runs the file NAME.py of `directory` as a separate module.
Result<PythonRef> load_runtime_module(const std::string& directory, const std::string& name);

}  // namespace forkjail::zygote
