// How often Python threads that wait for the GIL look for it: each does so every 5 ms
// (sys.getswitchinterval()). While a session's process waits for its next request with the GIL
// held, threads that a script has left would use up what they may compute then (base/idle_cpu.h)
// by that alone. So the interval is longer meanwhile.
#pragma once

#include "zygote/python_ref.h"

namespace forkjail::zygote {

class SwitchInterval {
 public:
  SwitchInterval();  // before the first script, which might replace the functions

  void lengthen() noexcept;
  void restore() noexcept;  // to what it was, which the script may have set

 private:
  void set(double seconds) noexcept;

  PythonRef get_;
  PythonRef set_;
  double before_ = 0;  // 0: it is not lengthened
};

}  // namespace forkjail::zygote
