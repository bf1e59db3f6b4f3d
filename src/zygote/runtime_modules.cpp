#include "zygote/runtime_modules.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/exhaustion.h"
#include "zygote/json_text.h"

namespace forkjail::zygote {
namespace {

constexpr std::size_t kErrorCharactersMax = 2000;

// In the order of their imports of one another.
constexpr auto kModules = std::to_array<const char*>(
    {"at_fork", "environment", "processes", "preload", "causes", "advice_fields", "advice_data",
     "advice_names", "advice_source", "advice", "failures", "display", "main_modes", "streams",
     "harness", "conversion", "reseed", "recipes", "warmup"});

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

Result<PythonRef> load_module(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name + ".py";
  const PythonRef code = code_of(name, path);
  PythonRef module = make_module(name, path);
  if (code == nullptr || module == nullptr) return python_error("load " + path);
  PyObject* globals = PyModule_GetDict(module.get());
  const PythonRef done(PyEval_EvalCode(code.get(), globals, globals));
  if (done == nullptr) return python_error("load " + path);
  return module;
}

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

Status RuntimeModules::load(const std::string& directory) {
  PyObject* const importable = PyImport_GetModuleDict();
  for (const char* const name : kModules) {
    auto loaded = load_module(directory, name);
    if (!loaded.ok()) return loaded.error();
    // Only for the modules that follow, which import it.
    if (PyDict_SetItemString(importable, name, loaded->get()) < 0) {
      return python_error("load modules");
    }
    modules_.emplace_back(name, std::move(*loaded));
  }
  for (const char* const name : kModules) {
    if (PyDict_DelItemString(importable, name) < 0) return python_error("load modules");
  }
  return ok_status();
}

PyObject* RuntimeModules::get(std::string_view name) const {
  const auto found = std::ranges::find(modules_, name, &decltype(modules_)::value_type::first);
  FORKJAIL_CHECK(found != modules_.end());
  return found->second.get();
}

PythonRef RuntimeModules::attribute(std::string_view module, const char* name) const {
  return PythonRef(PyObject_GetAttrString(get(module), name));
}

PythonRef RuntimeModules::result_of(std::string_view module, const char* function) const {
  return PythonRef(PyObject_CallMethod(get(module), function, nullptr));
}

Status RuntimeModules::call(std::string_view module, const char* function) const {
  return result_of(module, function) == nullptr ? Status(python_error(function)) : ok_status();
}

}  // namespace forkjail::zygote
