#include "zygote/immortal_objects.h"

#include <Python.h>

#include <array>
#include <vector>

namespace forkjail::zygote {

#if PY_VERSION_HEX >= 0x030c0000 && PY_VERSION_HEX < 0x030e0000

namespace {

// Visited objects whose references still have to be followed.
using Pending = std::vector<PyObject*>;

// Marks the string as CPython 3.13 would when a script's code names it; otherwise each name would
// cost the cell a page.
void settle_interned(PyObject* object) {
  if (PyUnicode_CheckExact(object) == 0) return;
  auto& state = reinterpret_cast<PyASCIIObject*>(object)->state;
  if (state.interned == SSTATE_INTERNED_MORTAL) state.interned = SSTATE_INTERNED_IMMORTAL;
}

int meet(PyObject* object, void* pending) {
  if (object == nullptr) return 0;
  settle_interned(object);
  if (_Py_IsImmortal(object)) return 0;
  Py_SET_REFCNT(object, _Py_IMMORTAL_REFCNT);
  static_cast<Pending*>(pending)->push_back(object);
  return 0;
}

// Code objects do not take part in garbage collection, so no tp_traverse visits what they refer to.
void meet_parts_of_code(const PyCodeObject& code, Pending& pending) {
  for (PyObject* const part :
       std::array{code.co_consts, code.co_names, code.co_exceptiontable, code.co_localsplusnames,
                  code.co_localspluskinds, code.co_filename, code.co_name, code.co_qualname,
                  code.co_linetable}) {
    meet(part, &pending);
  }
}

void follow(PyObject* object, Pending& pending) {
  if (PyCode_Check(object)) {
    meet_parts_of_code(*reinterpret_cast<PyCodeObject*>(object), pending);
  } else if (PyObject_IS_GC(object) != 0) {
    Py_TYPE(object)->tp_traverse(object, meet, &pending);
  }
}

int meet_collected(PyObject* object, void* pending) {
  // An object that was already immortal is still followed: what it refers to may not be immortal.
  Py_SET_REFCNT(object, _Py_IMMORTAL_REFCNT);
  static_cast<Pending*>(pending)->push_back(object);
  return 1;  // go on
}

}  // namespace

void make_objects_immortal() {
  Pending pending;
  PyUnstable_GC_VisitObjects(meet_collected, &pending);
  while (!pending.empty()) {
    PyObject* const object = pending.back();
    pending.pop_back();
    follow(object, pending);
  }
}

#else

void make_objects_immortal() {}

#endif

}  // namespace forkjail::zygote
