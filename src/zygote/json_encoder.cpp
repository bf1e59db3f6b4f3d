#include "zygote/json_encoder.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

#include "zygote/json_path.h"
#include "zygote/json_text.h"
#include "zygote/python_ref.h"

namespace forkjail::zygote {
namespace {

constexpr int kKeyConversionsMax = 4;  // an Enum's value can be a date
constexpr std::string_view kKeyHint = "use a str as the key";
constexpr std::string_view kTupleKeyHint =
    "use reset_index() and to_dict(\"records\"), or a str such as \",\".join(...)";
constexpr std::string_view kFaultPrefix = "main() returned a value that is not JSON-serializable: ";

using Step = JsonStep;

class JsonEncoder {
 public:
  JsonEncoder(PyObject* convert, const JsonLimits& limits) : convert_(convert), limits_(limits) {}

  // Each write function appends one item and returns whether to continue; false: fault_ is set. The
  // caller owns a reference to `value` until the call returns.
  bool write(PyObject* value, const Step* at) {
    if (value == Py_None) return put("null", at);
    if (value == Py_True) return put("true", at);
    if (value == Py_False) return put("false", at);
    if (PyUnicode_Check(value)) return write_string(value, at);
    if (PyLong_Check(value)) return write_int(value, at);
    if (PyFloat_Check(value)) return write_float(PyFloat_AS_DOUBLE(value), at);
    if (PyDict_Check(value)) return write_dict(value, at);
    if (PyList_Check(value) || PyTuple_Check(value)) return write_sequence(value, at);
    return write_converted(value, at);
  }

  std::string take_text() { return std::move(out_); }
  JsonFault take_fault() { return std::move(fault_); }

 private:
  bool put(std::string_view text, const Step* at) {
    out_ += text;
    return has_room(0, at);
  }

  bool fail(JsonFault::Why why, std::string message = {}) {
    fault_ = JsonFault{why, std::move(message)};
    return false;
  }

  bool fail_here(std::string_view what, const Step* at, std::string_view hint = {}) {
    std::string message(kFaultPrefix);
    message.append(what).append(" at ").append(path_of(at));
    if (!hint.empty()) message.append(" (").append(hint).append(")");
    return fail(JsonFault::Why::not_serializable, std::move(message));
  }

  // A container that contains itself grows until a limit stops it; the error should name the cause,
  // not the limit.
  bool fail_if_circular(const Step* at) {
    std::vector<const Step*> chain;  // innermost first
    for (; at != nullptr; at = at->parent) chain.push_back(at);
    for (auto inner = chain.rbegin(); inner != chain.rend(); ++inner) {
      for (auto outer = chain.rbegin(); outer != inner; ++outer) {
        if ((*outer)->container != (*inner)->container) continue;
        return !fail_here("circular reference", (*inner)->parent,
                          "it refers back to " + path_of((*outer)->parent));
      }
    }
    return false;
  }

  bool has_room(std::size_t bytes, const Step* at) {
    if (bytes <= limits_.bytes_max && out_.size() <= limits_.bytes_max - bytes) return true;
    if (!fail_if_circular(at)) fail(JsonFault::Why::too_large);
    return false;
  }

  bool write_string(PyObject* text, const Step* at) {
    if (!has_room(json_string_bytes_min(text), at)) return false;
    append_json_string(out_, text);
    return has_room(0, at);
  }

  bool write_int(PyObject* number, const Step* at) {
    int overflow = 0;
    const long long small = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (overflow != 0) return write_big_int(number, at);
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), small).ptr;
    return put({digits.data(), end}, at);
  }

  bool write_big_int(PyObject* number, const Step* at) {
    // Converting a huge number to decimal takes quadratic time: refuse first what cannot fit.
    const double digits = static_cast<double>(_PyLong_NumBits(number)) * std::log10(2.0);
    if (!has_room(static_cast<std::size_t>(digits), at)) return false;
    const PythonRef text(PyLong_Type.tp_repr(number));  // int's own, even for a subclass
    if (text == nullptr) return fail(JsonFault::Why::python_error);
    append_utf8(out_, text.get(), limits_.bytes_max);
    return has_room(0, at);
  }

  bool write_float(double number, const Step* at) {
    if (!std::isfinite(number)) return put("null", at);
    char* const text = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
    if (text == nullptr) return fail(JsonFault::Why::python_error);
    out_ += text;
    PyMem_Free(text);
    return has_room(0, at);
  }

  // Fills the step for a container inside `at`; checks the depth.
  bool enter(PyObject* container, const Step* at, Step& step) {
    step = Step{at, container, nullptr, -1, at == nullptr ? 1 : at->depth + 1};
    if (step.depth <= limits_.depth_max) return true;
    if (fail_if_circular(&step)) return false;
    return fail_here("nested more than " + std::to_string(limits_.depth_max) + " levels deep", at);
  }

  bool write_sequence(PyObject* sequence, const Step* at) {
    Step step;
    if (!enter(sequence, at, step)) return false;
    out_ += '[';
    // Not PySequence_Fast: uses the list itself and reads its size each time, because its items may
    // shrink it.
    for (step.index = 0; step.index < Py_SIZE(sequence); ++step.index) {
      const PythonRef item = share(PyList_Check(sequence) ? PyList_GET_ITEM(sequence, step.index)
                                                          : PyTuple_GET_ITEM(sequence, step.index));
      if (step.index > 0) out_ += ',';
      if (!write(item.get(), &step)) return false;
    }
    return put("]", at);
  }

  bool write_dict(PyObject* dict, const Step* at) {
    Step step;
    if (!enter(dict, at, step)) return false;
    if (PyDict_CheckExact(dict) && has_only_plain_keys(dict)) return write_plain_dict(dict, step);
    return write_any_dict(dict, step);
  }

  static bool has_only_plain_keys(PyObject* dict) {
    Py_ssize_t position = 0;
    PyObject* key = nullptr;
    while (PyDict_Next(dict, &position, &key, nullptr) != 0) {
      if (!PyUnicode_CheckExact(key)) return false;
    }
    return true;
  }

  // An exact dict with exact str keys: written directly.
  bool write_plain_dict(PyObject* dict, Step& step) {
    const Py_ssize_t size = PyDict_Size(dict);
    const std::size_t start = out_.size();
    bool first = true;
    Py_ssize_t position = 0;
    PyObject* borrowed_key = nullptr;
    PyObject* borrowed_value = nullptr;
    out_ += '{';
    while (PyDict_Next(dict, &position, &borrowed_key, &borrowed_value) != 0) {
      const PythonRef key = share(borrowed_key);
      const PythonRef value = share(borrowed_value);
      if (!PyUnicode_CheckExact(key.get())) return fail_changed(step);
      step.key = key.get();
      if (!first) out_ += ',';
      first = false;
      if (!has_room(json_string_bytes_min(key.get()), &step)) return false;
      if (!append_json_string(out_, key.get())) {
        // A key that is not valid UTF-8 may become equal to another one: start again, with a check.
        out_.resize(start);
        step.key = nullptr;
        return write_any_dict(dict, step);
      }
      out_ += ':';
      if (!write(value.get(), &step)) return false;
      if (PyDict_Size(dict) != size) return fail_changed(step);
    }
    return put("}", &step);
  }

  bool fail_changed(const Step& step) {
    return fail_here("dict that changed while it was being read", step.parent);
  }

  // Subclasses (whose items() decides the contents) and keys that are not plain strings.
  bool write_any_dict(PyObject* dict, Step& step) {
    const PythonRef items(PyMapping_Items(dict));
    const PythonRef names(PySet_New(nullptr));
    if (items == nullptr || names == nullptr) return fail(JsonFault::Why::python_error);
    out_ += '{';
    const Py_ssize_t count = PyList_GET_SIZE(items.get());
    for (Py_ssize_t i = 0; i < count; ++i) {
      const PythonRef item = share(PyList_GET_ITEM(items.get(), i));
      if (!PyTuple_Check(item.get()) || PyTuple_GET_SIZE(item.get()) != 2) {
        return fail_here(type_name(dict), step.parent, "its items() gives no pairs");
      }
      if (i > 0) out_ += ',';
      if (!write_member(PyTuple_GET_ITEM(item.get(), 0), PyTuple_GET_ITEM(item.get(), 1),
                        names.get(), step)) {
        return false;
      }
    }
    return put("}", &step);
  }

  // Writes one member of a dict; `names` are those written so far. The caller owns the pair.
  bool write_member(PyObject* key, PyObject* value, PyObject* names, Step& step) {
    step.key = nullptr;
    const PythonRef name = name_of_key(key, step);
    if (name == nullptr) return false;
    if (!has_room(json_string_bytes_min(name.get()), &step)) return false;
    const std::size_t start = out_.size();
    append_json_string(out_, name.get());
    // Compares the text that was written: two strings can give the same text.
    const PythonRef written(PyBytes_FromStringAndSize(
        out_.data() + start, static_cast<Py_ssize_t>(out_.size() - start)));
    if (written == nullptr) return fail(JsonFault::Why::python_error);
    const int known = PySet_Contains(names, written.get());
    if (known < 0 || (known == 0 && PySet_Add(names, written.get()) < 0)) {
      return fail(JsonFault::Why::python_error);
    }
    if (known == 1) {
      const std::string shown = out_.substr(start, kPathKeyCharactersMax);
      return fail_here("two keys that become " + shown, step.parent);
    }
    out_ += ':';
    step.key = name.get();
    const bool ok = write(value, &step);
    step.key = nullptr;
    return ok;
  }

  // The exact str for a key: what json.dumps would use, or the text of the plainer object that
  // convert_ makes of it. Null: fault_ is set.
  PythonRef name_of_key(PyObject* key, const Step& step) {
    PythonRef plainer = share(key);
    for (int i = 0; i < kKeyConversionsMax; ++i) {
      PythonRef name = name_of_plain_key(plainer.get());
      if (name != nullptr) return name;
      if (PyErr_Occurred() != nullptr) return fail_with_exception();
      if (PyDict_Check(plainer.get()) || PyList_Check(plainer.get()) ||
          PyTuple_Check(plainer.get())) {
        break;
      }
      const PythonRef answer(PyObject_CallOneArg(convert_, plainer.get()));
      if (answer == nullptr) return fail_with_exception();
      if (!PyTuple_CheckExact(answer.get()) || PyTuple_GET_SIZE(answer.get()) != 1) break;
      plainer = share(PyTuple_GET_ITEM(answer.get(), 0));
    }
    fail_here(type_name(key) + " as a key", step.parent,
              PyTuple_Check(key) ? kTupleKeyHint : kKeyHint);
    return nullptr;
  }

  PythonRef fail_with_exception() {
    fail(JsonFault::Why::python_error);
    return nullptr;
  }

  // Null without an exception: it is not plain.
  static PythonRef name_of_plain_key(PyObject* key) {
    if (PyUnicode_Check(key)) return PythonRef(PyUnicode_FromObject(key));
    if (key == Py_None) return PythonRef(PyUnicode_FromString("null"));
    if (PyBool_Check(key)) {
      return PythonRef(PyUnicode_FromString(key == Py_True ? "true" : "false"));
    }
    if (PyLong_Check(key)) return PythonRef(PyLong_Type.tp_repr(key));
    if (!PyFloat_Check(key)) return nullptr;
    const double number = PyFloat_AS_DOUBLE(key);
    if (std::isfinite(number)) return PythonRef(PyFloat_Type.tp_repr(key));
    if (std::isnan(number)) return PythonRef(PyUnicode_FromString("NaN"));
    return PythonRef(PyUnicode_FromString(number > 0 ? "Infinity" : "-Infinity"));
  }

  bool write_converted(PyObject* value, const Step* at) {
    // A step without a name: the object counts for depth and for cycles, not for the path.
    Step step;
    if (!enter(value, at, step)) return false;
    const PythonRef answer(PyObject_CallOneArg(convert_, value));
    if (answer == nullptr) return fail(JsonFault::Why::python_error);
    if (PyTuple_CheckExact(answer.get()) && PyTuple_GET_SIZE(answer.get()) == 1) {
      return write(PyTuple_GET_ITEM(answer.get(), 0), &step);
    }
    if (answer.get() == Py_None) return fail(JsonFault::Why::too_large);
    std::string hint;
    if (PyUnicode_Check(answer.get())) append_utf8(hint, answer.get(), 200);
    return fail_here(type_name(value), at, hint);
  }

  PyObject* convert_;  // borrowed: outlives the encoder
  JsonLimits limits_;
  std::string out_;
  JsonFault fault_;
};

}  // namespace

std::variant<std::string, JsonFault> encode_json(PyObject* value, PyObject* convert,
                                                 const JsonLimits& limits) {
  JsonEncoder encoder(convert, limits);
  const PythonRef held = share(value);
  if (encoder.write(held.get(), nullptr)) return encoder.take_text();
  return encoder.take_fault();
}

}  // namespace forkjail::zygote
