// Interpreter: the embedded CPython as the zygote prepares it: started, warmed by trusted scripts,
// laid out in memory for clones, its touched pages learned. python_host.h offers it to the rest.
//
// Everything here happens in the zygote before its first clone, with one thread; a cell then uses
// `script_run` and `prepare_cell`. It is never destroyed: Python objects must not be touched while
// the process ends.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/warm_up.h"
#include "protocol/zygote_report.h"
#include "sandbox/prefault.h"
#include "zygote/generator_seeds.h"
#include "zygote/image_tricks.h"
#include "zygote/python_config.h"
#include "zygote/python_ref.h"
#include "zygote/runtime_modules.h"
#include "zygote/script_run.h"
#include "zygote/touched_pages.h"

namespace forkjail::zygote {

class Interpreter {
 public:
  Interpreter(protocol::WarmUp warmth, const ImageTricks& tricks)
      : warmth_(warmth), tricks_(tricks) {}

  // Once, right after initialize_python().
  Status load(const PythonPaths& paths, std::span<const std::string> preload);
  Status warm();

  // Right before the first clone, the sessions' first.
  void learn_session_pages();
  void learn_touched_pages();

  // Cell: gives every random generator of the zygote a new state.
  [[nodiscard]] Status prepare_cell() const;

  // Cell, before the first of many runs.
  [[nodiscard]] Status begin_session() const { return modules_.call("harness", "begin_session"); }

  // Cell, in a copy of a process that runs scripts: without the threads that these have started.
  void forget_threads() const { (void)modules_.call("at_fork", "forget_threads"); }

  [[nodiscard]] ScriptRun& script_run() { return script_run_; }
  [[nodiscard]] const protocol::ZygoteReport& packages() const { return packages_; }
  [[nodiscard]] bool has_large_image() const { return has_large_image_; }
  [[nodiscard]] const sandbox::TouchedPages& touched_by_all() const { return touched_by_all_; }
  [[nodiscard]] const sandbox::TouchedPages& touched_while_idle() const {
    return touched_while_idle_;
  }
  [[nodiscard]] const sandbox::TouchedPages& touched_in_sessions() const {
    return touched_in_sessions_;
  }

 private:
  [[nodiscard]] bool is_whole() const { return warmth_ == protocol::WarmUp::whole; }

  Status preload_modules(std::span<const std::string> names) const;
  Status find_packages(const std::string& site_packages);

  Status exercise();
  Status warm_up(const char* scripts_function);
  Status run_trusted(PyObject* scripts);
  Status run_one(PyObject* script, RunRequest request);
  Status lay_out_generators();
  Status settle_image();
  Status empty_caches() const;
  Status find_generators();
  Status prepare_run();
  // The bytes of each script; null if there are none.
  [[nodiscard]] PythonRef trusted_scripts(const char* function) const;
  [[nodiscard]] sandbox::TouchedPages learn_pages(const TouchTrial& trial,
                                                  const char* scripts_function);

  RuntimeModules modules_;
  ScriptRun script_run_;
  protocol::WarmUp warmth_;
  ImageTricks tricks_;
  protocol::ZygoteReport packages_;
  bool has_large_image_ = false;
  std::vector<TwisterPlace> twisters_;
  bool has_other_generators_ = false;
  std::optional<TouchTrial> trial_;
  sandbox::TouchedPages touched_by_all_;
  sandbox::TouchedPages touched_while_idle_;
  sandbox::TouchedPages touched_in_sessions_;
};

}  // namespace forkjail::zygote
