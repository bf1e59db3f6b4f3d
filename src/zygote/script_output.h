// What sys.stdout and sys.stderr of a script are made of: output that is in the pipe as soon as
// print() returns, at one write(2) a print. Zygote (install) and cell (use).
//
// A run can be killed at any moment and must lose nothing that it printed, so no layer may hold
// text back. `python -u` does that with one write for every piece (each argument, each separator,
// the line's end), straight on the descriptor, where a write cut short by a signal loses its rest.
// Here instead
//   - WriteThroughBuffer, an io.BufferedWriter that empties itself after each write(), keeps
//     BufferedWriter's loop over short writes;
//   - print() hands its pieces to a text stream as one string. It is the built-in's equal in all
//   that
//     a script can see: before any code of the script runs (an argument's __str__) the text up to
//     there is written, and for any file but a plain io.TextIOWrapper the built-in itself does it.
#pragma once

#include "base/result.h"
#include "zygote/python_ref.h"

namespace forkjail::zygote {

// The type WriteThroughBuffer; null with a Python exception set on failure.
PythonRef make_write_through_buffer_type();

// Puts our print() in the place of builtins.print. Once, in the zygote. False: Python exception
// set.
bool replace_builtin_print();

}  // namespace forkjail::zygote
