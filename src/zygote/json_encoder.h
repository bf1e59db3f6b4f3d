// Encodes the value of main() as JSON text through the C API: one buffer, no Python call for plain
// data, and safe against hostile values. Cell, after the script ran.
//
// The rules are in the HTTP contract, "main() and its value". Exact and derived dict, list, tuple,
// str, int, float, bool and None are encoded here; for everything else (datetime, numpy,
// dataclass...) a Python callable returns a plainer object (runtime/conversion.py).
//
// A hostile value can run its own code while it is encoded (items() of a dict subclass, a property
// of a dataclass) and change containers meanwhile: so the encoder owns a reference to everything it
// looks at, reads sizes again at each step, and checks bytes and depth as they grow.
#pragma once

#include <Python.h>

#include <cstddef>
#include <string>
#include <variant>

namespace forkjail::zygote {

struct JsonLimits {
  std::size_t bytes_max = 0;
  std::size_t depth_max = 0;
};

struct JsonFault {
  enum class Why {
    not_serializable,  // `message` says what and where
    too_large,         // more than bytes_max; no message
    python_error,      // code of the value raised: the exception is set, no message
  };
  Why why = Why::python_error;
  std::string message;
};

// `convert`: callable(object) for objects that JSON does not have. It returns
//   a 1-tuple  the plainer object to encode instead;
//   a str      it cannot be encoded: a hint for the error line, or "";
//   None       it could, but would exceed bytes_max.
// Needs the GIL. Integers of any size need sys.set_int_max_str_digits(0). Throws std::bad_alloc.
std::variant<std::string, JsonFault> encode_json(PyObject* value, PyObject* convert,
                                                 const JsonLimits& limits);

}  // namespace forkjail::zygote
