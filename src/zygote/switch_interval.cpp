#include "zygote/switch_interval.h"

#include <utility>

namespace forkjail::zygote {
namespace {

constexpr double kLong = 0.1;
// Half of the unit that Python keeps it in, which it rounds down to.
constexpr double kRounding = 0.5e-6;

}  // namespace

SwitchInterval::SwitchInterval()
    : get_(share(PySys_GetObject("getswitchinterval"))),
      set_(share(PySys_GetObject("setswitchinterval"))) {}

void SwitchInterval::lengthen() noexcept {
  if (get_ == nullptr || set_ == nullptr) return;
  const PythonRef now(PyObject_CallNoArgs(get_.get()));
  const double seconds = now == nullptr ? 0 : PyFloat_AsDouble(now.get());
  if (PyErr_Occurred() != nullptr) return PyErr_Clear();
  if (seconds <= 0 || seconds >= kLong) return;
  before_ = seconds;
  set(kLong);
}

void SwitchInterval::restore() noexcept {
  const double before = std::exchange(before_, 0);
  if (before > 0) set(before + kRounding);
}

void SwitchInterval::set(double seconds) noexcept {
  const PythonRef value(PyFloat_FromDouble(seconds));
  const PythonRef done(value == nullptr ? nullptr : PyObject_CallOneArg(set_.get(), value.get()));
  if (done == nullptr) PyErr_Clear();
}

}  // namespace forkjail::zygote
