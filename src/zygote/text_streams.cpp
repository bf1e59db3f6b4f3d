#include "zygote/text_streams.h"

#include <Python.h>

#include <utility>

#include "zygote/script_output.h"

namespace forkjail::zygote {
namespace {

// Of the script, beside the caller's.
bool has_python_threads() {
  PyThreadState* const first = PyInterpreterState_ThreadHead(PyInterpreterState_Get());
  return PyThreadState_Next(first) != nullptr;
}

// The finalizers of a script's garbage run in the time of a run.
class NoCollection {
 public:
  NoCollection() : was_enabled_(PyGC_Disable() != 0) {}
  ~NoCollection() {
    if (was_enabled_) PyGC_Enable();
  }
  NoCollection(const NoCollection&) = delete;
  NoCollection& operator=(const NoCollection&) = delete;

 private:
  bool was_enabled_;
};

bool has_weak_references(PyObject* object) {
  const Py_ssize_t offset = Py_TYPE(object)->tp_weaklistoffset;
  if (offset <= 0) return offset < 0;
  return *reinterpret_cast<PyObject**>(reinterpret_cast<char*>(object) + offset) != nullptr;
}

// Whether nothing but the few texts of streams.py was set on it: `mode` or `name`.
bool has_plain_attributes(PyObject* object) {
  const PythonRef attributes(PyObject_GenericGetDict(object, nullptr));
  if (attributes == nullptr || PyDict_Size(attributes.get()) > 1) return false;
  Py_ssize_t at = 0;
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  while (PyDict_Next(attributes.get(), &at, &name, &value) != 0) {
    if (!PyUnicode_CheckExact(name) || !PyUnicode_CheckExact(value)) return false;
    if (PyUnicode_CompareWithASCIIString(name, "mode") != 0 &&
        PyUnicode_CompareWithASCIIString(name, "name") != 0) {
      return false;
    }
  }
  return true;
}

// create() is Python code in a session's memory, where a script can replace it.
bool is_set_of_streams(PyObject* object) {
  if (PyTuple_CheckExact(object) && PyTuple_GET_SIZE(object) == 3) return true;
  PyErr_SetString(PyExc_RuntimeError, "three streams were expected");
  return false;
}

constexpr std::array<std::array<const char*, 2>, 3> kNames{
    {{"stdin", "__stdin__"}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"}}};

}  // namespace

Status TextStreams::begin() {
  output_buffer_type_ = make_write_through_buffer_type();
  return output_buffer_type_ != nullptr ? ok_status() : Status(python_error("make script output"));
}

Status TextStreams::find_functions(const RuntimeModules& modules) {
  create_ = modules.attribute("streams", "create");
  install_ = modules.attribute("streams", "install");
  return create_ != nullptr && install_ != nullptr ? ok_status()
                                                   : Status(python_error("find streams"));
}

bool TextStreams::attach() { return install(create()); }

PythonRef TextStreams::create() const {
  return PythonRef(PyObject_CallOneArg(create_.get(), output_buffer_type_.get()));
}

// False, with an exception set, also if there are none.
bool TextStreams::install(PythonRef streams) {
  if (streams == nullptr || !is_set_of_streams(streams.get())) return false;
  const PythonRef installed(PyObject_CallOneArg(install_.get(), streams.get()));
  if (installed == nullptr) return false;
  current_ = std::move(streams);
  as_installed_ = references();
  return true;
}

void TextStreams::begin_next_run() {
  PythonRef next = std::exchange(next_, PythonRef());
  if (std::exchange(is_next_installed_, false)) return;
  if (!install(next != nullptr ? std::move(next) : create())) PyErr_Clear();
}

void TextStreams::prepare_next_run() noexcept {
  if (is_next_installed_ || next_ != nullptr || has_python_threads()) return;
  const NoCollection while_idle;
  next_ = create();
  if (next_ != nullptr && are_untouched()) is_next_installed_ = install(std::move(next_));
  PyErr_Clear();
}

void TextStreams::forget() {
  current_.reset();
  next_.reset();
  as_installed_.reset();
  is_next_installed_ = false;
}

// Then nothing of the script's runs when they are dropped.
bool TextStreams::are_untouched() const {
  if (current_ == nullptr || !as_installed_ || references() != as_installed_) return false;
  for (std::size_t i = 0; i < kStreams; ++i) {
    PyObject* const stream = PyTuple_GET_ITEM(current_.get(), static_cast<Py_ssize_t>(i));
    for (const char* const name : kNames.at(i)) {
      if (PySys_GetObject(name) != stream) return false;
    }
  }
  return true;
}

// Nothing, with an exception set or not, if a script has changed it.
std::optional<TextStreams::References> TextStreams::references_of(PyObject* stream) {
  const PythonRef buffer(PyObject_GetAttrString(stream, "buffer"));
  const PythonRef raw(buffer == nullptr ? nullptr : PyObject_GetAttrString(buffer.get(), "raw"));
  if (raw == nullptr) return std::nullopt;
  References found;
  const std::array objects{stream, buffer.get(), raw.get()};
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (has_weak_references(objects.at(i)) || !has_plain_attributes(objects.at(i))) {
      return std::nullopt;
    }
    found.counts.at(i) = Py_REFCNT(objects.at(i));
  }
  return found;
}

std::optional<TextStreams::AllReferences> TextStreams::references() const {
  AllReferences all;
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto found = references_of(PyTuple_GET_ITEM(current_.get(), static_cast<Py_ssize_t>(i)));
    if (!found) {
      PyErr_Clear();
      return std::nullopt;
    }
    all.at(i) = *found;
  }
  return all;
}

}  // namespace forkjail::zygote
