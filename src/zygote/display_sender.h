// Sends what a run displays: encodes the mime bundles of runtime/display.py, counts them, and
// passes their JSON on. Cell, while the script runs.
//
// The script can call it, with anything, from any of its threads and while it encodes: it holds the
// GIL throughout, so what is passed on is whole and in order.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "zygote/python_ref.h"

namespace forkjail::zygote {

class DisplaySender {
 public:
  using Sink = std::function<void(std::string_view json)>;

  // `convert`: as for encode_json(); outlives this.
  DisplaySender(Sink sink, PyObject* convert) : sink_(std::move(sink)), convert_(convert) {}
  DisplaySender(const DisplaySender&) = delete;
  DisplaySender& operator=(const DisplaySender&) = delete;

  // A Python callable(bundle) -> True, or False if the bundle is not a dict that JSON can hold.
  // Uses this object, which is never freed before the process ends. Null: an exception is set.
  [[nodiscard]] PythonRef callable();

 private:
  static PyObject* call(PyObject* self, PyObject* bundle);
  [[nodiscard]] bool send(PyObject* bundle);
  void drop();  // this one and all that follow

  Sink sink_;
  PyObject* convert_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  bool dropped_ = false;
};

}  // namespace forkjail::zygote
