#include "zygote/json_path.h"

#include <vector>

#include "zygote/json_text.h"
#include "zygote/python_ref.h"

namespace forkjail::zygote {
namespace {

constexpr std::size_t kPathStepsShown = 24;  // of a longer path: its first half and its last

bool is_identifier(PyObject* key) {
  return PyUnicode_IS_ASCII(key) && PyUnicode_IsIdentifier(key) == 1;
}

void append_step(std::string& path, const JsonStep& step) {
  if (step.key != nullptr) {
    if (is_identifier(step.key)) {
      path += '.';
      append_utf8(path, step.key, kPathKeyCharactersMax);
    } else {
      std::string key;
      append_utf8(key, step.key, kPathKeyCharactersMax);
      path += '[';
      append_json_string(path, key);
      path += ']';
    }
  } else if (step.index >= 0) {
    path.append("[").append(std::to_string(step.index)).append("]");
  }
}

}  // namespace

std::string path_of(const JsonStep* at) {
  std::vector<const JsonStep*> steps;
  for (; at != nullptr; at = at->parent) {
    if (at->key != nullptr || at->index >= 0) steps.push_back(at);
  }
  std::string path = "$";
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps.size() > kPathStepsShown && i == kPathStepsShown / 2) {
      path += "...";
      i = steps.size() - kPathStepsShown / 2;
    }
    append_step(path, *steps[steps.size() - 1 - i]);
  }
  return path;
}

std::string type_name(PyObject* object) {
  const PythonRef name(PyType_GetName(Py_TYPE(object)));
  std::string text;
  if (name != nullptr) {
    append_utf8(text, name.get(), kPathKeyCharactersMax);
  } else {
    PyErr_Clear();
    text = "object";
  }
  return text;
}

}  // namespace forkjail::zygote
