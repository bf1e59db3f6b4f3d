// PythonHost: the embedded CPython of this process, from its start in the zygote to the end of the
// run in a cell. Behind it: interpreter.h prepares it, script_run.h runs a script.
//
// The order of calls, and where each happens:
//   zygote   start(); then around every clone before_clone() and after_clone_in_zygote()
//   cell     after_clone_in_cell(), prepare_cell(), and with the request's descriptors in
//            place on 0, 1 and 2: run(), once, or several times in a process that serves several
//            requests (script_run.h). Then _exit(2): the interpreter is never finalized, so no
//            atexit function, thread or __del__ of a script can delay the answer.
//
// All calls come from the process's main thread, which holds the GIL throughout; it still does
// after run(), so no other Python thread of the script runs while the reply is sent.
//
// Whatever a script does to its own interpreter (replaced builtins, trace functions, a changed
// sys.stdout, signal handlers) can corrupt only its own answer; see runtime/harness.py.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "protocol/warm_up.h"
#include "protocol/zygote_report.h"
#include "sandbox/prefault.h"
#include "zygote/image_tricks.h"
#include "zygote/python_config.h"
#include "zygote/run_request.h"

namespace forkjail::zygote {

class Interpreter;

class PythonHost {
 public:
  // Zygote, once per process, with one thread and before any other use of Python. Imports the named
  // modules (numpy, pandas) and freezes the heap. A whole warm-up also imports and exercises what
  // most scripts use, and arranges the memory for clones. Afterwards the process still has one
  // thread. Errors: Python's message, in `detail`.
  static Result<PythonHost> start(const PythonPaths& paths,
                                  std::span<const std::string> preload_modules,
                                  protocol::WarmUp warm_up, const ImageTricks& tricks = {});

  PythonHost(PythonHost&&) noexcept;
  PythonHost& operator=(PythonHost&&) noexcept;
  ~PythonHost();  // keeps the interpreter: it lives as long as the process

  // Python and the packages that a script can import, preloaded or not; without layers.
  [[nodiscard]] const protocol::ZygoteReport& packages() const;
  // Whether modules were preloaded: numpy and pandas, which make a large image.
  [[nodiscard]] bool has_large_image() const;

  // Zygote, right before the first clone, after a whole warm-up: learns which pages every run
  // touches, and which ones common uses of the preloaded packages touch (touched_pages.h).
  void learn_touched_pages();
  // The same for the runs of sessions, if any; before the other.
  void learn_session_pages();
  // If a cell touches these ahead of time, each spares it a page fault later. Empty if they were
  // not learned, or if the kernel cannot tell. The second are for a cell that is idle; empty if no
  // preloaded package wants them (runtime/recipes.py).
  [[nodiscard]] const sandbox::TouchedPages& touched_by_all() const;
  [[nodiscard]] const sandbox::TouchedPages& touched_while_idle() const;
  [[nodiscard]] const sandbox::TouchedPages& touched_in_sessions() const;

  // Around a raw clone(2) or clone3(2), which CPython does not notice. Exactly one of the two
  // `after` calls follows in each of the two processes; if the clone failed, the zygote's.
  void before_clone();
  void after_clone_in_zygote();
  void after_clone_in_cell();

  // Cell, after after_clone_in_cell(), if scripts were run before: their threads are not in the
  // clone, and what they held is free.
  void forget_threads();

  // Cell, after after_clone_in_cell(): gives every random generator of the zygote a new state.
  [[nodiscard]] Status prepare_cell();

  // Cell, before the first of many runs: what mode `repl` defines stays for the next one.
  [[nodiscard]] Status begin_session();

  // Cell. Never throws. Flushes sys.stdout and sys.stderr: no output is left in the process
  // when it returns.
  [[nodiscard]] RunReply run(const RunRequest& request) noexcept;

  // Cell, between two runs: what the next one would do first. It does without where this fails.
  void prepare_next_run() noexcept;

 private:
  explicit PythonHost(std::unique_ptr<Interpreter> interpreter);

  std::unique_ptr<Interpreter> interpreter_;
};

}  // namespace forkjail::zygote
