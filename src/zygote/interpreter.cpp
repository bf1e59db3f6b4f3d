#include "zygote/interpreter.h"

#include <Python.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "sandbox/refused_calls.h"
#include "zygote/immortal_objects.h"
#include "zygote/library_mappings.h"
#include "zygote/muted_streams.h"
#include "zygote/warm_memory.h"

namespace forkjail::zygote {
namespace {

// Whether the process has one thread. The jail has no /proc, so it asks the kernel in another way:
// unsharing the thread group is allowed, without effect, only in a process with one thread. If
// unshare(2) itself is refused, the count of preload.py decides.
bool has_one_thread() { return unshare(CLONE_THREAD) == 0 || errno != EINVAL; }

// This process waits for the copy and ends with it.
void go_on_in_a_copy() {
  PyOS_BeforeFork();
  const pid_t copy = ::fork();
  if (copy == 0) return PyOS_AfterFork_Child();
  if (copy > 0) ::waitpid(copy, nullptr, 0);
  ::_exit(0);
}

}  // namespace

// --- start ---------------------------------------------------------------------------------------

Status Interpreter::load(const PythonPaths& paths, std::span<const std::string> preload) {
  has_large_image_ = !preload.empty();
  if (auto status = script_run_.begin(); !status.ok()) return status;
  if (auto status = modules_.load(paths.runtime); !status.ok()) return status;
  if (auto status = script_run_.find_functions(modules_); !status.ok()) return status;
  // Before numpy is imported: its BLAS reads its number of threads from the environment.
  if (auto status = modules_.call("environment", "reset_environment"); !status.ok()) return status;
  if (!tricks_.fork_hooks) {
    if (auto status = modules_.call("at_fork", "restore"); !status.ok()) return status;
  }
  if (auto status = preload_modules(preload); !status.ok()) return status;
  if (auto status = find_packages(paths.site_packages); !status.ok()) return status;
  return modules_.call("at_fork", "restore");
}

Status Interpreter::preload_modules(std::span<const std::string> names) const {
  const PythonRef list(PyList_New(0));
  if (list == nullptr) return python_error("preload");
  for (const std::string& name : names) {
    const PythonRef text(PyUnicode_FromString(name.c_str()));
    if (text == nullptr || PyList_Append(list.get(), text.get()) < 0)
      return python_error("preload");
  }
  const PythonRef loaded(
      PyObject_CallMethod(modules_.get("preload"), "load", "Oi", list.get(), is_whole() ? 1 : 0));
  if (loaded != nullptr) return ok_status();
  Error error = python_error("preload");
  const PythonRef importing = modules_.attribute("preload", "importing");
  const char* const name = importing == nullptr ? nullptr : PyUnicode_AsUTF8(importing.get());
  PyErr_Clear();
  if (name != nullptr) error.step = std::string("--preload ") + name;
  return error;
}

Status Interpreter::find_packages(const std::string& site_packages) {
  const PythonRef found(
      PyObject_CallMethod(modules_.get("preload"), "installed", "s", site_packages.c_str()));
  PyObject* versions = nullptr;
  PyObject* modules = nullptr;
  if (found == nullptr || PyArg_ParseTuple(found.get(), "OO", &versions, &modules) == 0) {
    return python_error("find packages");
  }
  packages_.versions.emplace_back("python", PY_VERSION);
  for (Py_ssize_t i = 0; i < PyList_Size(versions); ++i) {
    const char* name = nullptr;
    const char* version = nullptr;
    if (PyArg_ParseTuple(PyList_GetItem(versions, i), "ss", &name, &version) == 0) {
      return python_error("find packages");
    }
    packages_.versions.emplace_back(name, version);
  }
  if (PyObject_SetAttrString(modules_.get("advice"), "available", modules) < 0) {
    return python_error("find packages");
  }
  for (Py_ssize_t i = 0; i < PyList_Size(modules); ++i) {
    const char* const name = PyUnicode_AsUTF8(PyList_GetItem(modules, i));
    if (name == nullptr) return python_error("find packages");
    packages_.modules.emplace_back(name);
  }
  return ok_status();
}

// --- warm-up and layout --------------------------------------------------------------------------

Status Interpreter::warm() {
  {
    auto muted = MutedStreams::begin();
    if (!muted.ok()) return muted.error();
    if (is_whole()) {
      if (auto status = exercise(); !status.ok()) return status;
    }
    if (auto status = settle_image(); !status.ok()) return status;
    if (auto status = prepare_run(); !status.ok()) return status;
  }
  if (is_whole() && tricks_.immortal_objects) make_objects_immortal();
  if (auto status = modules_.call("preload", "freeze"); !status.ok()) return status;
  if (!has_one_thread()) return Error{"preload", 0, "a library left a thread running"};
  warm_memory::settle();
  return ok_status();
}

// Does everything that a run would do for the first time.
Status Interpreter::exercise() {
  if (auto status = script_run_.attach_streams(); !status.ok()) return status;
  if (auto status = warm_up("scripts"); !status.ok()) return status;
  if (auto status = lay_out_generators(); !status.ok()) return status;
  return tricks_.rehearsals ? warm_up("rehearsal_scripts") : ok_status();
}

Status Interpreter::warm_up(const char* scripts_function) {
  if (auto status = modules_.call("warmup", "remember"); !status.ok()) return status;
  const PythonRef scripts = modules_.result_of("warmup", scripts_function);
  if (scripts == nullptr) return python_error("warm up");
  if (auto status = run_trusted(scripts.get()); !status.ok()) return status;
  return modules_.call("warmup", "forget");
}

// Runs each script (bytes) in the same way as a request that is the first of its process.
Status Interpreter::run_trusted(PyObject* scripts) {
  for (Py_ssize_t i = 0; i < PyList_Size(scripts); ++i) {
    script_run_.forget();
    if (auto status = run_one(PyList_GetItem(scripts, i), RunRequest()); !status) return status;
  }
  script_run_.enable_hooks();
  return ok_status();
}

Status Interpreter::run_one(PyObject* script, RunRequest request) {
  request.script = {PyBytes_AsString(script), static_cast<std::size_t>(PyBytes_Size(script))};
  const RunReply reply = script_run_.run(request);
  if (reply.type != protocol::FrameType::value) return Error{"warm up", 0, reply.payload};
  return ok_status();
}

// Creates anew, side by side, the random generators that each cell writes to.
Status Interpreter::lay_out_generators() {
  if (!tricks_.seeds_in_place) return ok_status();
  const warm_memory::PinnedFreeBlocks pinned;
  return modules_.call("reseed", "move_generators");
}

// Drops the results of the exercises; allocations from here on are contiguous.
Status Interpreter::settle_image() {
  script_run_.forget();
  if (auto status = find_generators(); !status.ok()) return status;
  if (auto status = modules_.call("harness", "drop_last_run"); !status.ok()) return status;
  if (auto status = modules_.call("preload", "settle"); !status.ok()) return status;
  if (is_whole()) {
    if (tricks_.package_caches) {
      if (auto status = empty_caches(); !status.ok()) return status;
    }
    if (tricks_.merged_libraries) merge_library_mappings(tricks_.library_huge_pages);
    drop_file_pages(file_code());
  }
  if (auto status = modules_.call("preload", "collect"); !status.ok()) return status;
  if (is_whole() && tricks_.pinned_blocks) warm_memory::pin_free_blocks();
  return ok_status();
}

// Packages keep freed blocks for their next objects, wherever they were allocated.
Status Interpreter::empty_caches() const {
  const PythonRef emptied(
      PyObject_CallMethod(modules_.get("warmup"), "empty_caches", "K",
                          static_cast<unsigned long long>(warm_memory::never_used_from())));
  return emptied == nullptr ? Status(python_error("empty the packages' caches")) : ok_status();
}

Status Interpreter::find_generators() {
  const PythonRef places(PyObject_CallMethod(modules_.get("reseed"), "find_generators", "i",
                                             tricks_.seeds_in_place ? 1 : 0));
  const PythonRef others = modules_.result_of("reseed", "has_others");
  if (places == nullptr || others == nullptr) return python_error("find generators");
  auto found = twister_places(places.get());
  if (!found.ok()) return found.error();
  twisters_ = std::move(*found);
  has_other_generators_ = others.get() == Py_True;
  return ok_status();
}

// Prepares the parts of a run that do not depend on its script.
Status Interpreter::prepare_run() {
  if (auto status = script_run_.attach_streams(); !status.ok()) return status;
  if (auto status = modules_.call("harness", "prepare"); !status.ok()) return status;
  return script_run_.find_functions(modules_);  // of which prepare() replaced some
}

// --- touched pages -------------------------------------------------------------------------------

PythonRef Interpreter::trusted_scripts(const char* function) const {
  PythonRef scripts = modules_.result_of("warmup", function);
  if (scripts == nullptr) PyErr_Clear();
  const bool has_some = scripts != nullptr && PyList_Size(scripts.get()) > 0;
  return has_some ? std::move(scripts) : PythonRef();
}

// The trial does what a cell does from its clone to its reply.
sandbox::TouchedPages Interpreter::learn_pages(const TouchTrial& trial,
                                               const char* scripts_function) {
  const PythonRef scripts = trusted_scripts(scripts_function);
  if (scripts == nullptr) return {};
  PyOS_BeforeFork();
  auto pages = trial.learn([&] {
    PyOS_AfterFork_Child();
    auto muted = MutedStreams::begin();
    const bool done = muted.ok() && prepare_cell().ok() && run_trusted(scripts.get()).ok();
    std::fflush(nullptr);  // as before every reply
    return done;
  });
  PyOS_AfterFork_Parent();
  return pages;
}

void Interpreter::learn_touched_pages() {
  if (warmth_ == protocol::WarmUp::none || !tricks_.learned_pages) return;
  if (!trial_) trial_.emplace();
  if (tricks_.idle_pages) touched_while_idle_ = learn_pages(*trial_, "idle_scripts");
  touched_by_all_ = learn_pages(*trial_, "trial_scripts");  // last: it must be the more exact one
}

// What a run writes in a session that has run before: a state makes a copy of itself after each
// run, and its pages are shared again. The trial is such a session, whose last run is looked at.
void Interpreter::learn_session_pages() {
  if (warmth_ == protocol::WarmUp::none || !tricks_.learned_pages) return;
  if (!trial_) trial_.emplace();
  const PythonRef scripts = trusted_scripts("session_scripts");
  if (scripts == nullptr) return;
  const auto run = [&](Py_ssize_t index) {
    RunRequest request;
    request.mode = protocol::RunMode::repl;
    request.display = [](std::string_view) {};
    const bool done = run_one(PyList_GetItem(scripts.get(), index), std::move(request)).ok();
    std::fflush(nullptr);  // as before every reply
    return done;
  };
  script_run_.forget();
  PyOS_BeforeFork();
  touched_in_sessions_ = trial_->learn_written([&] {
    PyOS_AfterFork_Child();
    auto muted = MutedStreams::begin();
    if (!muted.ok() || !prepare_cell().ok() || !begin_session().ok()) return false;
    const Py_ssize_t last = PyList_Size(scripts.get()) - 1;
    for (Py_ssize_t i = 0; i < last; ++i) {
      if (!run(i)) return false;
      script_run_.prepare_next_run();
    }
    go_on_in_a_copy();
    sandbox::reset_refused_calls();  // as before every run
    return run(last);
  });
  PyOS_AfterFork_Parent();
}

Status Interpreter::prepare_cell() const {
  if (auto status = seed_twisters(twisters_); !status.ok()) return status;
  if (!has_other_generators_) return ok_status();
  return modules_.call("reseed", "reseed_others");
}

}  // namespace forkjail::zygote
