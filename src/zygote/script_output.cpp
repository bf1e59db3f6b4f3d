#include "zygote/script_output.h"

#include <array>
#include <cstddef>

namespace forkjail::zygote {
namespace {

// --- WriteThroughBuffer ------------------------------------------------------------------------

// The base class's methods, looked up once and kept for the life of the process.
struct BufferedWriterMethods {
  PyObject* write = nullptr;
  PyObject* flush = nullptr;
};

BufferedWriterMethods& buffered_writer_methods() {
  static BufferedWriterMethods methods;
  return methods;
}

PyObject* write_through(PyObject* self, PyObject* bytes) {
  const BufferedWriterMethods& base = buffered_writer_methods();
  const std::array<PyObject*, 2> arguments{self, bytes};
  PythonRef count(PyObject_Vectorcall(base.write, arguments.data(), arguments.size(), nullptr));
  if (count == nullptr) return nullptr;
  const PythonRef flushed(PyObject_CallOneArg(base.flush, self));
  return flushed == nullptr ? nullptr : count.release();
}

constexpr char kWriteDoc[] = "write($self, buffer, /)\n--\n\nWrite and flush.";

// Not const, since a type's slots take it as void*.
// NOLINTNEXTLINE(*-avoid-non-const-global-variables)
std::array<PyMethodDef, 2> buffer_methods{{
    {"write", write_through, METH_O, kWriteDoc},
    {nullptr, nullptr, 0, nullptr},
}};

// --- print -------------------------------------------------------------------------------------

struct PrintState {
  PyObject* builtin_print = nullptr;    // the original builtins.print
  PyTypeObject* text_stream = nullptr;  // io.TextIOWrapper
  PyObject* space = nullptr;
  PyObject* newline = nullptr;
  PyObject* empty = nullptr;
  PyObject* write = nullptr;  // "write"
};

PrintState& print_state() {
  static PrintState state;
  return state;
}

// print()'s arguments, borrowed from the call.
struct PrintCall {
  PyObject* const* pieces = nullptr;
  Py_ssize_t piece_count = 0;
  PyObject* separator = nullptr;
  PyObject* end = nullptr;
  PyObject* file = nullptr;
  bool flush = false;
};

// Fills `call`; false: a case that only the built-in should handle (a wrong keyword, a separator
// that is not a str, a `flush` whose truth value is code of the script).
bool parse_print_call(PyObject* const* arguments, Py_ssize_t count, PyObject* keywords,
                      PrintCall& call) {
  const PrintState& state = print_state();
  call = PrintCall{arguments, count, state.space, state.newline, nullptr, false};
  const Py_ssize_t keyword_count = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
  for (Py_ssize_t i = 0; i < keyword_count; ++i) {
    PyObject* name = PyTuple_GET_ITEM(keywords, i);
    PyObject* value = arguments[count + i];
    if (PyUnicode_CompareWithASCIIString(name, "sep") == 0) {
      if (value != Py_None) call.separator = value;
    } else if (PyUnicode_CompareWithASCIIString(name, "end") == 0) {
      if (value != Py_None) call.end = value;
    } else if (PyUnicode_CompareWithASCIIString(name, "file") == 0) {
      if (value != Py_None) call.file = value;
    } else if (PyUnicode_CompareWithASCIIString(name, "flush") == 0) {
      if (value != Py_False && value != Py_True && value != Py_None) return false;
      call.flush = value == Py_True;
    } else {
      return false;
    }
  }
  if (call.file == nullptr) call.file = PySys_GetObject("stdout");
  return call.file != nullptr && PyUnicode_CheckExact(call.separator) &&
         PyUnicode_CheckExact(call.end);
}

// Whether str(object) is CPython's own code and is fast.
bool has_plain_str(PyObject* object) {
  return PyUnicode_CheckExact(object) || PyLong_CheckExact(object) || PyFloat_CheckExact(object) ||
         PyBool_Check(object) || object == Py_None;
}

// TextIOWrapper.write of `file`; null without an exception: the script has replaced it.
PythonRef native_write_of(PyObject* file) {
  if (Py_TYPE(file) != print_state().text_stream) return nullptr;
  PythonRef write(PyObject_GetAttr(file, print_state().write));
  if (write == nullptr) {
    PyErr_Clear();
    return nullptr;
  }
  const bool native = PyCFunction_Check(write.get()) && PyCFunction_GET_SELF(write.get()) == file;
  return native ? std::move(write) : nullptr;
}

// Writes the contents of `pieces` (a list of str) as one string and empties it.
bool write_pieces(PyObject* write, PyObject* pieces) {
  if (PyList_GET_SIZE(pieces) == 0) return true;
  const PythonRef text(PyUnicode_Join(print_state().empty, pieces));
  if (text == nullptr) return false;
  if (PyList_SetSlice(pieces, 0, PyList_GET_SIZE(pieces), nullptr) < 0) return false;
  const PythonRef written(PyObject_CallOneArg(write, text.get()));
  return written != nullptr;
}

bool print_joined(const PrintCall& call, PyObject* write) {
  const PythonRef pieces(PyList_New(0));
  if (pieces == nullptr) return false;
  for (Py_ssize_t i = 0; i < call.piece_count; ++i) {
    if (i > 0 && PyList_Append(pieces.get(), call.separator) < 0) return false;
    PyObject* object = call.pieces[i];
    if (!has_plain_str(object) && !write_pieces(write, pieces.get())) return false;
    const PythonRef text(PyObject_Str(object));
    if (text == nullptr || PyList_Append(pieces.get(), text.get()) < 0) return false;
  }
  return PyList_Append(pieces.get(), call.end) == 0 && write_pieces(write, pieces.get());
}

PyObject* print(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count,
                PyObject* keywords) {
  PrintCall call;
  if (parse_print_call(arguments, count, keywords, call)) {
    const PythonRef file = share(call.file);  // a __str__ may replace sys.stdout
    const PythonRef write = native_write_of(file.get());
    if (write != nullptr) {
      if (!print_joined(call, write.get())) return nullptr;
      if (!call.flush) Py_RETURN_NONE;
      const PythonRef flushed(PyObject_CallMethod(file.get(), "flush", nullptr));
      if (flushed == nullptr) return nullptr;
      Py_RETURN_NONE;
    }
  }
  return PyObject_Vectorcall(print_state().builtin_print, arguments,
                             static_cast<std::size_t>(count), keywords);
}

constexpr char kPrintDoc[] =
    "print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)\n"
    "--\n\n"
    "Prints the values to a stream, or to sys.stdout by default.\n\n"
    "  sep\n    string inserted between values, default a space.\n"
    "  end\n    string appended after the last value, default a newline.\n"
    "  file\n    a file-like object (stream); defaults to the current sys.stdout.\n"
    "  flush\n    whether to forcibly flush the stream.";

// The C API stores METH_FASTCALL functions as PyCFunction.
PyCFunction as_c_function(PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t,
                                                PyObject*)) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

}  // namespace

PythonRef make_write_through_buffer_type() {
  const PythonRef io(PyImport_ImportModule("_io"));
  if (io == nullptr) return nullptr;
  const PythonRef base(PyObject_GetAttrString(io.get(), "BufferedWriter"));
  if (base == nullptr) return nullptr;
  BufferedWriterMethods& methods = buffered_writer_methods();
  methods.write = PyObject_GetAttrString(base.get(), "write");
  methods.flush = PyObject_GetAttrString(base.get(), "flush");
  if (methods.write == nullptr || methods.flush == nullptr) return nullptr;

  std::array<PyType_Slot, 2> slots{{{Py_tp_methods, buffer_methods.data()}, {0, nullptr}}};
  PyType_Spec spec{"_io.BufferedWriter", 0, 0,
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
                   slots.data()};
  return PythonRef(PyType_FromSpecWithBases(&spec, base.get()));
}

bool replace_builtin_print() {
  static PyMethodDef definition{"print", as_c_function(print), METH_FASTCALL | METH_KEYWORDS,
                                kPrintDoc};
  PrintState& state = print_state();
  const PythonRef io(PyImport_ImportModule("_io"));
  const PythonRef builtins(PyImport_ImportModule("builtins"));
  if (io == nullptr || builtins == nullptr) return false;
  state.builtin_print = PyObject_GetAttrString(builtins.get(), "print");
  state.text_stream =
      reinterpret_cast<PyTypeObject*>(PyObject_GetAttrString(io.get(), "TextIOWrapper"));
  state.space = PyUnicode_InternFromString(" ");
  state.newline = PyUnicode_InternFromString("\n");
  state.empty = PyUnicode_InternFromString("");
  state.write = PyUnicode_InternFromString("write");
  const PythonRef module_name(PyUnicode_InternFromString("builtins"));
  if (PyErr_Occurred() != nullptr) return false;
  const PythonRef ours(PyCFunction_NewEx(&definition, builtins.get(), module_name.get()));
  return ours != nullptr && PyObject_SetAttrString(builtins.get(), "print", ours.get()) == 0;
}

}  // namespace forkjail::zygote
