// Loads the Python side of the zygote (runtime/*.py) so that a script can neither find nor change
// it: not in sys.modules, not on sys.path, and each module with its own copy of the builtins, so
// that a script that replaces builtins.len or print changes nothing here. Zygote, before the first
// clone.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "zygote/python_ref.h"

namespace forkjail::zygote {

// Takes the Python exception that is set and clears it; null if there is none.
PythonRef take_exception();

// Takes the Python exception that is set, as an Error: "ImportError: no module named x".
Error python_error(std::string step);

class RuntimeModules {
 public:
  // Runs each file of the list in runtime_modules.cpp, from `directory`, as a separate module.
  Status load(const std::string& directory);

  // Borrowed. `name` must be in the list, and loaded.
  [[nodiscard]] PyObject* get(std::string_view name) const;

  // An attribute of a module; null: an exception is set.
  [[nodiscard]] PythonRef attribute(std::string_view module, const char* name) const;

  // Calls a function without arguments; null: an exception is set.
  [[nodiscard]] PythonRef result_of(std::string_view module, const char* function) const;
  // The same for a function whose result does not matter.
  [[nodiscard]] Status call(std::string_view module, const char* function) const;

 private:
  std::vector<std::pair<std::string_view, PythonRef>> modules_;
};

}  // namespace forkjail::zygote
