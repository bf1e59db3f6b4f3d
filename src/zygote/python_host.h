// PythonHost: the one embedded CPython of this process, from its start in the zygote to the end of
// the one run in a cell.
//
// The order of calls, and where each happens:
//   zygote   start(); then around every clone before_clone() and after_clone_in_zygote()
//   cell     after_clone_in_cell(), prepare_cell(), and with the request's descriptors in
//            place on 0, 1 and 2: run(), once. Then _exit(2): the interpreter is never finalized,
//            so no atexit function, no thread and no __del__ of a script can hold the answer back.
//
// All calls come from the process's main thread, which holds the GIL throughout; after run() it
// still does, so no other Python thread of the script gets to run while the reply is sent.
//
// What a script does to its own interpreter (replaced builtins, trace functions, a changed
// sys.stdout, signal handlers) can spoil its own answer at most; see runtime/harness.py.
#pragma once

#include <cstdint>
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

// One run. The views must outlive run(). Descriptors 0, 1 and 2 are the run's own by now, blocking,
// and the current directory is its working directory.
struct RunRequest {
  std::string_view script;         // UTF-8 source
  std::string_view args_json;      // JSON object or array; empty: main()
  std::string_view env_block;      // "NAME=value\0" each
  std::uint64_t memory_bytes = 0;  // only to be named in messages; 0: no figure
};

// What to send: FrameType::value with JSON text, or FrameType::failure with the JSON object of
// protocol/failure.h. Within kValueBytesMax and kFailureBytesMax.
struct RunReply {
  protocol::FrameType type = protocol::FrameType::failure;
  std::string payload;
  // The failure is a PermissionError for lack of permission (EPERM), or came of one.
  bool lacks_permission = false;
};

class PythonHost {
 public:
  // Zygote, once per process, with one thread and before anything else uses Python. Imports the
  // modules named (numpy, pandas) and freezes the heap. With the whole warm-up also what most
  // scripts use, all of it exercised, and the memory arranged for clones. On return the process has
  // one thread still. Errors: what Python said, in `detail`.
  static Result<PythonHost> start(const PythonPaths& paths,
                                  std::span<const std::string> preload_modules,
                                  protocol::WarmUp warm_up);

  PythonHost(PythonHost&&) noexcept;
  PythonHost& operator=(PythonHost&&) noexcept;
  ~PythonHost();  // drops nothing of the interpreter: it lives as long as the process

  // Python and the packages that a script can import, preloaded or not; no walls.
  [[nodiscard]] const protocol::WorkerReport& packages() const;
  // Whether modules were preloaded: numpy and pandas, which make a large image.
  [[nodiscard]] bool has_modules() const;

  // Zygote, as the last thing before the first clone, after a whole warm-up: finds out which pages
  // every run touches, and which ones a run that uses numpy (touched_pages.h).
  void learn_touched_pages();
  // Made a cell's own ahead of time, they spare it a page fault each. Empty if they were not
  // learned, or where the kernel cannot tell; the second also without numpy.
  [[nodiscard]] const sandbox::TouchedPages& touched_by_all() const;
  [[nodiscard]] const sandbox::TouchedPages& touched_by_numpy() const;

  // Around a raw clone(2) or clone3(2), which CPython does not know of. Exactly one of the two
  // `after` calls follows in each of the two processes; when the clone failed, the zygote's.
  void before_clone();
  void after_clone_in_zygote();
  void after_clone_in_cell();

  // Cell, after after_clone_in_cell(): gives every random generator that the zygote made a state of
  // its own.
  [[nodiscard]] Status prepare_cell();

  // Cell, once. Never throws. Flushes sys.stdout and sys.stderr: nothing printed is left in the
  // process when it returns.
  [[nodiscard]] RunReply run(const RunRequest& request) noexcept;

 private:
  struct Interpreter;  // the Python objects held; python_host.cpp
  explicit PythonHost(std::unique_ptr<Interpreter> interpreter);
  [[nodiscard]] sandbox::TouchedPages learn_pages(const TouchTrial& trial,
                                                  const char* scripts_function);

  std::unique_ptr<Interpreter> interpreter_;
};

}  // namespace forkjail::zygote
