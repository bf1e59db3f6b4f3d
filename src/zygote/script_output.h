// The streams behind a script's sys.stdout and sys.stderr: output is in the pipe as soon as print()
// returns, with one write(2) per print. Zygote (install) and cell (use).
//
// A run can be killed at any moment and must lose nothing that it printed, so no layer may buffer
// text. `python -u` achieves that with one write for every piece (each argument, each separator,
// the end of the line), directly on the descriptor, and a write that a signal cuts short loses its
// rest. Here instead:
// - WriteThroughBuffer, an io.BufferedWriter that flushes after each write(), keeps
//   BufferedWriter's loop over short writes;
// - print() passes its pieces to a text stream as one string. A script cannot tell it from the
//   built-in: before any code of the script runs (an argument's __str__) the text so far is
//   written, and for any file other than a plain io.TextIOWrapper the built-in itself is called.
#pragma once

#include "base/result.h"
#include "zygote/python_ref.h"

namespace forkjail::zygote {

// The type WriteThroughBuffer; null with a Python exception set on failure.
PythonRef make_write_through_buffer_type();

// Replaces builtins.print by our print(). Once, in the zygote. False: Python exception set.
bool replace_builtin_print();

}  // namespace forkjail::zygote
