// PythonHost: the embedded CPython of this process, from its start in the zygote to the end of the
// run in a cell.
//
// The order of calls, and where each happens:
//   zygote   start(); then around every clone before_clone() and after_clone_in_zygote()
//   cell     after_clone_in_cell(), prepare_cell(), and with the request's descriptors in
//            place on 0, 1 and 2: run(), once. Then _exit(2): the interpreter is never finalized,
//            so no atexit function, thread or __del__ of a script can delay the answer.
//
// All calls come from the process's main thread, which holds the GIL throughout; it still does
// after run(), so no other Python thread of the script runs while the reply is sent.
//
// Whatever a script does to its own interpreter (replaced builtins, trace functions, a changed
// sys.stdout, signal handlers) can corrupt only its own answer; see runtime/harness.py.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/run_frames.h"
#include "protocol/warm_up.h"
#include "protocol/worker_report.h"
#include "sandbox/prefault.h"

namespace forkjail::zygote {

class TouchTrial;

// Where Python finds its files: absolute paths as seen inside the jail.
struct PythonPaths {
  std::string stdlib;         // "/usr/lib/python3.11"
  std::string lib_dynload;    // "/usr/lib/python3.11/lib-dynload"
  std::string site_packages;  // numpy, pandas; may be empty
  std::string runtime;        // this project's runtime/: preload.py, harness.py
};

// One run. The views must outlive run(). Descriptors 0, 1 and 2 already belong to the run and are
// blocking, and the current directory is its working directory.
struct RunRequest {
  std::string_view script;         // UTF-8 source
  std::string_view args_json;      // JSON object or array; empty: main()
  std::string_view env_block;      // "NAME=value\0" each
  std::uint64_t memory_bytes = 0;  // only for messages; 0: not named
  protocol::RunMode mode = protocol::RunMode::main;
  // Takes each mime bundle, JSON text of an object, as soon as it is shown; and one empty text
  // where further ones are dropped (display_sender.h). Empty: nothing is drawn or formatted.
  std::function<void(std::string_view)> display{};
};

// The frame to send: FrameType::value with JSON text, or FrameType::failure with the JSON object of
// protocol/failure.h. Within kValueBytesMax and kFailureBytesMax.
struct RunReply {
  protocol::FrameType type = protocol::FrameType::failure;
  std::string payload;
  // Whether the failure is an OSError with EPERM, or was caused by one.
  bool lacks_permission = false;
};

class PythonHost {
 public:
  // Zygote, once per process, with one thread and before any other use of Python. Imports the named
  // modules (numpy, pandas) and freezes the heap. A whole warm-up also imports and exercises what
  // most scripts use, and arranges the memory for clones. Afterwards the process still has one
  // thread. Errors: Python's message, in `detail`.
  static Result<PythonHost> start(const PythonPaths& paths,
                                  std::span<const std::string> preload_modules,
                                  protocol::WarmUp warm_up);

  PythonHost(PythonHost&&) noexcept;
  PythonHost& operator=(PythonHost&&) noexcept;
  ~PythonHost();  // keeps the interpreter: it lives as long as the process

  // Python and the packages that a script can import, preloaded or not; without layers.
  [[nodiscard]] const protocol::WorkerReport& packages() const;
  // Whether modules were preloaded: numpy and pandas, which make a large image.
  [[nodiscard]] bool has_large_image() const;

  // Zygote, right before the first clone, after a whole warm-up: learns which pages every run
  // touches, and which ones a run that uses numpy touches (touched_pages.h).
  void learn_touched_pages();
  // If a cell touches these ahead of time, each spares it a page fault later. Empty if they were
  // not learned, or if the kernel cannot tell; the second is also empty without numpy.
  [[nodiscard]] const sandbox::TouchedPages& touched_by_all() const;
  [[nodiscard]] const sandbox::TouchedPages& touched_by_numpy() const;

  // Around a raw clone(2) or clone3(2), which CPython does not notice. Exactly one of the two
  // `after` calls follows in each of the two processes; if the clone failed, the zygote's.
  void before_clone();
  void after_clone_in_zygote();
  void after_clone_in_cell();

  // Cell, after after_clone_in_cell(): gives every random generator of the zygote a new state.
  [[nodiscard]] Status prepare_cell();

  // Cell, once. Never throws. Flushes sys.stdout and sys.stderr: no output is left in the process
  // when it returns.
  [[nodiscard]] RunReply run(const RunRequest& request) noexcept;

 private:
  struct Interpreter;  // the Python objects it owns; python_host.cpp
  explicit PythonHost(std::unique_ptr<Interpreter> interpreter);
  [[nodiscard]] sandbox::TouchedPages learn_pages(const TouchTrial& trial,
                                                  const char* scripts_function);

  std::unique_ptr<Interpreter> interpreter_;
};

}  // namespace forkjail::zygote
