// PythonRef: one owned reference to a Python object. Needs the GIL wherever it is copied, destroyed
// or released. Used everywhere in the zygote and its cells.
#pragma once

#include <Python.h>

#include <memory>

namespace forkjail::zygote {

struct PythonDecref {
  void operator()(PyObject* object) const { Py_DECREF(object); }
};

// Owns its reference; null when there is none (usually: a Python exception is set).
using PythonRef = std::unique_ptr<PyObject, PythonDecref>;

// A new reference to an object that someone else owns too.
inline PythonRef share(PyObject* object) {
  Py_XINCREF(object);
  return PythonRef(object);
}

}  // namespace forkjail::zygote
