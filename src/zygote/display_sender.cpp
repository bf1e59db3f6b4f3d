#include "zygote/display_sender.h"

#include <new>
#include <string>
#include <variant>

#include "base/limits.h"
#include "zygote/json_encoder.h"

namespace forkjail::zygote {

PythonRef DisplaySender::callable() {
  static PyMethodDef method{"send", call, METH_O, nullptr};
  const PythonRef self(PyCapsule_New(this, nullptr, nullptr));
  return PythonRef(self == nullptr ? nullptr : PyCFunction_New(&method, self.get()));
}

PyObject* DisplaySender::call(PyObject* self, PyObject* bundle) {
  auto* const sender = static_cast<DisplaySender*>(PyCapsule_GetPointer(self, nullptr));
  if (sender == nullptr) return nullptr;
  try {
    return PyBool_FromLong(static_cast<long>(sender->send(bundle)));
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  }
}

bool DisplaySender::send(PyObject* bundle) {
  if (PyDict_Check(bundle) == 0) return false;
  if (count_ >= kDisplaysMax) drop();
  if (dropped_) return true;  // without the cost of encoding it
  const auto encoded = encode_json(bundle, convert_, {kDisplayBytesMax, kJsonDepthMax});
  if (const auto* text = std::get_if<std::string>(&encoded)) {
    // Checked after the encoding, which can run code of the script that displays something.
    if (count_ >= kDisplaysMax || text->size() > kDisplaysBytesMax - bytes_) drop();
    if (dropped_) return true;
    ++count_;
    bytes_ += text->size();
    sink_(*text);
    return true;
  }
  if (std::get<JsonFault>(encoded).why == JsonFault::Why::too_large) {
    drop();
    return true;
  }
  PyErr_Clear();
  return false;
}

void DisplaySender::drop() {
  if (dropped_) return;  // nothing may follow it
  dropped_ = true;
  sink_({});
}

}  // namespace forkjail::zygote
