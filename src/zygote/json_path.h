// Where in a value something is: "$.a[3].b", for the line of an error. Cell, while it encodes.
#pragma once

#include <Python.h>

#include <cstddef>
#include <string>

namespace forkjail::zygote {

inline constexpr std::size_t kPathKeyCharactersMax = 60;

// The current position: the container being written and the place in it. Lives on the C++ stack of
// the call that writes the container, linked to the enclosing one, so that a path costs nothing
// unless an error needs it.
struct JsonStep {
  const JsonStep* parent = nullptr;
  PyObject* container = nullptr;  // borrowed: the caller of the writing function owns it
  PyObject* key = nullptr;        // borrowed: member of a dict; a str
  Py_ssize_t index = -1;          // member of a sequence; -1 with no key: no step of the path
  std::size_t depth = 1;
};

// The place of the member of `at` that is being written.
std::string path_of(const JsonStep* at);

// The name of the object's type, for the same line.
std::string type_name(PyObject* object);

}  // namespace forkjail::zygote
