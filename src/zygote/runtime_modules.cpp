#include "zygote/runtime_modules.h"

#include "base/exhaustion.h"
#include "zygote/json_text.h"

namespace forkjail::zygote {
namespace {

constexpr std::size_t kErrorCharactersMax = 2000;

PythonRef make_module(const std::string& name, const std::string& path) {
  PythonRef module(PyModule_New(("forkjail_" + name).c_str()));
  const PythonRef builtins(PyDict_Copy(PyEval_GetBuiltins()));
  const PythonRef file(PyUnicode_DecodeFSDefault(path.c_str()));
  if (module == nullptr || builtins == nullptr || file == nullptr) return nullptr;
  PyObject* globals = PyModule_GetDict(module.get());
  if (PyDict_SetItemString(globals, "__builtins__", builtins.get()) < 0 ||
      PyDict_SetItemString(globals, "__file__", file.get()) < 0) {
    return nullptr;
  }
  return module;
}

// From its .pyc file where that is of this source: compiling takes as long as starting Python.
PythonRef code_of(const std::string& name, const std::string& path) {
  const PythonRef machinery(PyImport_ImportModule("importlib.machinery"));
  if (machinery == nullptr) return nullptr;
  const PythonRef loader(
      PyObject_CallMethod(machinery.get(), "SourceFileLoader", "ss", name.c_str(), path.c_str()));
  if (loader == nullptr) return nullptr;
  return PythonRef(PyObject_CallMethod(loader.get(), "get_code", "s", name.c_str()));
}

}  // namespace

PythonRef take_exception() {
#if PY_VERSION_HEX >= 0x030C0000
  return PythonRef(PyErr_GetRaisedException());
#else
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  if (type == nullptr) return nullptr;
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace != nullptr) PyException_SetTraceback(value, trace);
  Py_XDECREF(type);
  Py_XDECREF(trace);
  return PythonRef(value);
#endif
}

namespace {

// The resource that was short, as an errno; 0 if the failure has another reason.
int exhaustion_of(PyObject* exception, const std::string& message) {
  if (PyErr_GivenExceptionMatches(exception, PyExc_MemoryError) != 0) return ENOMEM;
  if (message.find("can't start new thread") != std::string::npos) return EAGAIN;
  return exhaustion_named_in(message);
}

}  // namespace

Error python_error(std::string step) {
  Error error{std::move(step), 0, "unknown Python error"};
  const PythonRef exception = take_exception();
  if (exception == nullptr) return error;
  error.detail = Py_TYPE(exception.get())->tp_name;
  const PythonRef message(PyObject_Str(exception.get()));
  if (message != nullptr) {
    error.detail += ": ";
    append_utf8(error.detail, message.get(), kErrorCharactersMax);
  }
  PyErr_Clear();
  error.sys_errno = exhaustion_of(exception.get(), error.detail);
  return error;
}

Result<PythonRef> load_runtime_module(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name + ".py";
  const PythonRef code = code_of(name, path);
  PythonRef module = make_module(name, path);
  if (code == nullptr || module == nullptr) return python_error("load " + path);
  PyObject* globals = PyModule_GetDict(module.get());
  const PythonRef done(PyEval_EvalCode(code.get(), globals, globals));
  if (done == nullptr) return python_error("load " + path);
  return module;
}

}  // namespace forkjail::zygote
