// ScriptRun: runs a script in this process's interpreter and makes the reply: the value as JSON, or
// the description of the failure. Cell; zygote for its own trusted scripts.
//
// A plain cell runs one script. Several may follow one another in a process: each run then sees
// what the ones before left in the interpreter, and gets its own streams, memory reserve and
// display. Signals and hooks are disabled between the end of a script and the start of the next.
//
// The caller's thread is the process's main thread and holds the GIL throughout; it still does
// after run(), so no other Python thread of the script runs while the reply is sent.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "protocol/failure.h"
#include "zygote/display_sender.h"
#include "zygote/memory_reserve.h"
#include "zygote/python_ref.h"
#include "zygote/run_request.h"
#include "zygote/runtime_modules.h"
#include "zygote/text_streams.h"

namespace forkjail::zygote {

class ScriptRun {
 public:
  ScriptRun();
  ScriptRun(const ScriptRun&) = delete;
  ScriptRun& operator=(const ScriptRun&) = delete;

  // Zygote, once Python has started: begin() before the modules are loaded, then find_functions(),
  // and again when functions have been replaced.
  Status begin();
  Status find_functions(const RuntimeModules& modules);

  // Zygote: creates the text streams in `sys`, over the descriptors as they are now.
  [[nodiscard]] Status attach_streams();

  // Never throws. Flushes sys.stdout and sys.stderr: no output is left in the process when it
  // returns.
  [[nodiscard]] RunReply run(const RunRequest& request) noexcept;

  // Between two runs of a process: does what the next one need not wait for then.
  void prepare_next_run() noexcept;

  // Enables what the end of the last run disabled. The next run() does it too.
  void enable_hooks();
  // Zygote: drops what the last run left here, so that the next one is again the first.
  void forget();

 private:
  static constexpr std::size_t kReserveBytes = 4 * kMiB;  // a few of CPython's arenas of 1 MB

  // What a script can change of the interpreter and its next run gets back.
  struct Hooks {
    sigset_t signals{};
    int recursion_limit = 0;
  };

  void run_again();
  void disable_hooks();
  RunReply run_once(const RunRequest& request);
  bool open_display_for(const RunRequest& request);
  [[nodiscard]] PythonRef execute_script(const RunRequest& request);
  RunReply encode_value(PyObject* value, const RunRequest& request);
  RunReply describe_failure(PyObject* exception, const RunRequest& request);
  RunReply fallback_reply(protocol::FailureKind kind, const char* type,
                          std::string_view message) noexcept;

  PythonRef execute_, describe_, set_int_digits_, disable_monitoring_, flush_streams_, convert_,
      open_display_, finish_display_;
  TextStreams streams_;
  std::string fallback_;  // reserved for an answer when there is no memory left
  MemoryReserve reserve_{kReserveBytes};
  // Replaced in place by the next run: a script may have kept its callable.
  std::optional<DisplaySender> display_sender_;

  // What the last run left; nothing before the first.
  bool has_run_ = false;
  std::optional<Hooks> disabled_;
  // Kept until the next run: dropping them can run a __del__ of the script, which may never return.
  PythonRef last_value_, last_exception_;
};

}  // namespace forkjail::zygote
