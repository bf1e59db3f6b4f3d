#include "zygote/python_host.h"

#include <Python.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <new>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "protocol/failure.h"
#include "sandbox/refused_calls.h"
#include "zygote/display_sender.h"
#include "zygote/generator_seeds.h"
#include "zygote/immortal_objects.h"
#include "zygote/json_encoder.h"
#include "zygote/json_text.h"
#include "zygote/library_mappings.h"
#include "zygote/memory_reserve.h"
#include "zygote/muted_streams.h"
#include "zygote/python_config.h"
#include "zygote/python_ref.h"
#include "zygote/read_ahead.h"
#include "zygote/runtime_modules.h"
#include "zygote/script_output.h"
#include "zygote/touched_pages.h"
#include "zygote/warm_memory.h"

namespace forkjail::zygote {
namespace {

using protocol::FailureKind;

constexpr std::size_t kReserveBytes = 4 * kMiB;  // a few of CPython's arenas of 1 MB
constexpr std::size_t kFallbackBytes = 512;
constexpr int kDescribeAttempts = 3;
constexpr int kPendingSignalsMax = 256;
constexpr int kRecursionLimit = 1000;  // CPython's own

// Disables what the script may have left enabled before our own code runs: trace and profile
// functions, signal handlers, a recursion limit too low for us. Exceptions from handlers are
// dropped here: the run is over.
void disable_hooks(PyObject* disable_in_python) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  // Checked first, because setting them raises an audit event, which a script can receive.
  const PyThreadState* thread = PyThreadState_Get();
  if (thread->c_tracefunc != nullptr) PyEval_SetTrace(nullptr, nullptr);
  if (thread->c_profilefunc != nullptr) PyEval_SetProfile(nullptr, nullptr);
  Py_SetRecursionLimit(kRecursionLimit);
  for (int i = 0; i < kPendingSignalsMax && PyErr_CheckSignals() != 0; ++i) PyErr_Clear();
  const PythonRef done(PyObject_CallNoArgs(disable_in_python));
  if (done == nullptr) PyErr_Clear();
}

// Whether the process has one thread. The jail has no /proc, so it asks the kernel in another way:
// unsharing the thread group is allowed, without effect, only in a process with one thread. If
// unshare(2) itself is refused, the count of preload.py decides.
bool has_one_thread() { return unshare(CLONE_THREAD) == 0 || errno != EINVAL; }

// Python's streams, created in the zygote over pipes, work for any pipe: io asks a descriptor for
// its kind, whether it can seek, and its block size.
bool standard_descriptors_are_pipes() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    struct stat found{};
    if (::fstat(descriptor, &found) != 0 || !S_ISFIFO(found.st_mode)) return false;
  }
  return true;
}

PythonRef bytes_of(std::string_view text) {
  return PythonRef(PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
}

// Removes a member of the dictionary; whether there was one.
bool take_flag(PyObject* dictionary, const char* name) {
  const bool there = PyDict_DelItemString(dictionary, name) == 0;
  if (!there) PyErr_Clear();
  return there;
}

const char* mode_name(protocol::RunMode mode) {
  return protocol::kRunModeNames.at(static_cast<std::size_t>(mode)).data();
}

bool is_start_of_process(std::uint32_t number) {
  return number == SYS_execve || number == SYS_execveat || number == SYS_fork;
}

// What the sandbox refused in this run, by its name in advice.py.
const char* refused_wall() {
  const auto calls = sandbox::refused_calls();
  if (!sandbox::refused_processes().empty() || std::ranges::any_of(calls, is_start_of_process)) {
    return "processes";
  }
  return std::ranges::count(calls, std::uint32_t{SYS_socket}) > 0 ? "network" : "";
}

std::string failure_json(FailureKind kind, std::string_view message) {
  std::string json = R"({"kind":)";
  append_json_string(json, protocol::name_of(kind));
  json += R"(,"message":)";
  append_json_string(json, message);
  json += '}';
  return json;
}

}  // namespace

struct PythonHost::Interpreter {
  // The modules of runtime/, then the functions of theirs that every run calls.
  PythonRef at_fork, environment, preload, advice, failures, display, harness, conversion, reseed,
      warmup, hot_code;
  PythonRef execute, describe, disable_hooks_in_python, flush_streams, attach_streams, convert,
      open_display, finish_display;
  PythonRef output_buffer_type;
  protocol::WorkerReport packages;
  std::string fallback;  // reserved for an answer when there is no memory left
  MemoryReserve reserve{kReserveBytes};
  std::optional<DisplaySender> display_sender;
  std::optional<TouchTrial> trial;
  sandbox::TouchedPages touched_by_all;
  sandbox::TouchedPages touched_by_numpy;
  std::vector<TwisterPlace> twisters;
  bool has_other_generators = false;
  bool has_large_image = false;
  protocol::WarmUp warmth = protocol::WarmUp::whole;

  Status load_modules(const std::string& directory);
  Status find_functions();
  Status preload_modules(std::span<const std::string> names) const;
  Status exercise();
  Status find_packages(const std::string& site_packages);

  Status call(const PythonRef& module, const char* function) const;
  Status find_generators();
  Status prepare_run() const;
  bool attach_python_streams() const;
  Status warm_up(const char* scripts_function, bool watched = false);
  PythonRef trusted_scripts(const char* function) const;
  Status run_trusted(PyObject* scripts, bool watched = false);
  Status lay_out_code();
  Status empty_caches() const;
  Status settle_image();

  RunReply run(const RunRequest& request);
  bool open_display_for(const RunRequest& request);
  PythonRef execute_script(const RunRequest& request) const;
  RunReply encode_value(PyObject* value, const RunRequest& request);
  RunReply describe_failure(PyObject* exception, std::uint64_t memory_bytes);
  RunReply fallback_reply(FailureKind kind, const char* type, std::string_view message) noexcept;
};

// --- zygote: start -------------------------------------------------------------------------------

Status PythonHost::Interpreter::load_modules(const std::string& directory) {
  const std::array<std::pair<const char*, PythonRef*>, 11> modules{{{"at_fork", &at_fork},
                                                                    {"environment", &environment},
                                                                    {"preload", &preload},
                                                                    {"advice", &advice},
                                                                    {"failures", &failures},
                                                                    {"display", &display},
                                                                    {"harness", &harness},
                                                                    {"conversion", &conversion},
                                                                    {"reseed", &reseed},
                                                                    {"warmup", &warmup},
                                                                    {"hot_code", &hot_code}}};
  for (const auto& [name, module] : modules) {
    auto loaded = load_runtime_module(directory, name);
    if (!loaded.ok()) return loaded.error();
    *module = std::move(*loaded);
    // Only for the modules that follow, which import it.
    if (PyDict_SetItemString(PyImport_GetModuleDict(), name, module->get()) < 0) {
      return python_error("load modules");
    }
  }
  for (const auto& [name, module] : modules) {
    if (PyDict_DelItemString(PyImport_GetModuleDict(), name) < 0) {
      return python_error("load modules");
    }
  }
  return find_functions();
}

Status PythonHost::Interpreter::find_functions() {
  const std::array<std::tuple<PyObject*, const char*, PythonRef*>, 8> functions{
      {{harness.get(), "execute", &execute},
       {harness.get(), "describe", &describe},
       {harness.get(), "disable_hooks", &disable_hooks_in_python},
       {harness.get(), "flush_streams", &flush_streams},
       {harness.get(), "attach_streams", &attach_streams},
       {conversion.get(), "convert", &convert},
       {display.get(), "open_sink", &open_display},
       {display.get(), "finish", &finish_display}}};
  for (const auto& [module, name, function] : functions) {
    function->reset(PyObject_GetAttrString(module, name));
    if (*function == nullptr) return python_error(std::string("find ") + name);
  }
  return ok_status();
}

Status PythonHost::Interpreter::preload_modules(std::span<const std::string> names) const {
  const PythonRef list(PyList_New(0));
  if (list == nullptr) return python_error("preload");
  for (const std::string& name : names) {
    const PythonRef text(PyUnicode_FromString(name.c_str()));
    if (text == nullptr || PyList_Append(list.get(), text.get()) < 0)
      return python_error("preload");
  }
  const bool whole = warmth == protocol::WarmUp::whole;
  const PythonRef loaded(
      PyObject_CallMethod(preload.get(), "load", "Oi", list.get(), whole ? 1 : 0));
  if (loaded != nullptr) return ok_status();
  Error error = python_error("preload");
  const PythonRef importing(PyObject_GetAttrString(preload.get(), "importing"));
  const char* const name = importing == nullptr ? nullptr : PyUnicode_AsUTF8(importing.get());
  PyErr_Clear();
  if (name != nullptr) error.step = std::string("--preload ") + name;
  return error;
}

Status PythonHost::Interpreter::find_packages(const std::string& site_packages) {
  const PythonRef found(
      PyObject_CallMethod(preload.get(), "installed", "s", site_packages.c_str()));
  PyObject* versions = nullptr;
  PyObject* modules = nullptr;
  if (found == nullptr || PyArg_ParseTuple(found.get(), "OO", &versions, &modules) == 0) {
    return python_error("find packages");
  }
  packages.versions.emplace_back("python", PY_VERSION);
  for (Py_ssize_t i = 0; i < PyList_Size(versions); ++i) {
    const char* name = nullptr;
    const char* version = nullptr;
    if (PyArg_ParseTuple(PyList_GetItem(versions, i), "ss", &name, &version) == 0) {
      return python_error("find packages");
    }
    packages.versions.emplace_back(name, version);
  }
  if (PyObject_SetAttrString(advice.get(), "available", modules) < 0) {
    return python_error("find packages");
  }
  for (Py_ssize_t i = 0; i < PyList_Size(modules); ++i) {
    const char* const name = PyUnicode_AsUTF8(PyList_GetItem(modules, i));
    if (name == nullptr) return python_error("find packages");
    packages.modules.emplace_back(name);
  }
  return ok_status();
}

Result<PythonHost> PythonHost::start(const PythonPaths& paths,
                                     std::span<const std::string> preload_modules,
                                     protocol::WarmUp warm_up) {
  const bool whole = warm_up == protocol::WarmUp::whole;
  std::optional<ReadAhead> read_ahead;  // not for a whole warm-up: then everything was already read
  if (!whole && !preload_modules.empty()) read_ahead.emplace(paths.site_packages, preload_modules);
  warm_memory::begin();
  if (auto status = initialize_python(paths); !status.ok()) return status.error();
  auto owned = std::make_unique<Interpreter>();
  Interpreter& python = *owned;
  python.warmth = warm_up;
  python.has_large_image = !preload_modules.empty();
  python.fallback.reserve(kFallbackBytes);
  python.reserve.watch_python_allocator();
  python.output_buffer_type = make_write_through_buffer_type();
  if (python.output_buffer_type == nullptr || !replace_builtin_print()) {
    return python_error("make script output");
  }
  if (auto status = python.load_modules(paths.runtime); !status.ok()) return status.error();
  // Before numpy is imported: its BLAS reads its number of threads from the environment.
  if (auto status = python.call(python.environment, "reset_environment"); !status.ok()) {
    return status.error();
  }
  if (auto status = python.preload_modules(preload_modules); !status.ok()) return status.error();
  read_ahead.reset();
  if (auto status = python.find_packages(paths.site_packages); !status.ok()) return status.error();
  if (auto status = python.call(python.at_fork, "restore"); !status.ok()) return status.error();
  {
    auto muted = MutedStreams::begin();
    if (!muted.ok()) return muted.error();
    if (whole) {
      if (auto status = python.exercise(); !status.ok()) return status.error();
    }
    if (auto status = python.settle_image(); !status.ok()) return status.error();
    if (auto status = python.prepare_run(); !status.ok()) return status.error();
  }
  if (whole) make_objects_immortal();
  if (auto status = python.call(python.preload, "freeze"); !status.ok()) return status.error();
  if (!has_one_thread()) return Error{"preload", 0, "a library left a thread running"};
  warm_memory::settle();
  return PythonHost(std::move(owned));
}

// Does everything that a run would do for the first time, then lays out the code that runs use.
Status PythonHost::Interpreter::exercise() {
  if (!attach_python_streams()) return python_error("attach streams");
  if (auto status = warm_up("scripts"); !status.ok()) return status;
  if (auto status = lay_out_code(); !status.ok()) return status;
  if (auto status = warm_up("scripts"); !status.ok())
    return status;  // the copied code has not run yet
  return warm_up("rehearsal_scripts");
}

// numpy keeps freed blocks for the next arrays, wherever they were allocated.
Status PythonHost::Interpreter::empty_caches() const {
  const PythonRef emptied(
      PyObject_CallMethod(preload.get(), "empty_numpy_caches", "K",
                          static_cast<unsigned long long>(warm_memory::never_used_from())));
  return emptied == nullptr ? Status(python_error("empty numpy's caches")) : ok_status();
}

// Drops the results of the exercises; allocations from here on are contiguous.
Status PythonHost::Interpreter::settle_image() {
  const bool whole = warmth == protocol::WarmUp::whole;
  if (auto status = find_generators(); !status.ok()) return status;
  if (auto status = call(harness, "drop_last_run"); !status.ok()) return status;
  if (auto status = call(preload, "settle"); !status.ok()) return status;
  if (whole) {
    if (auto status = empty_caches(); !status.ok()) return status;
    merge_library_mappings();
  }
  if (auto status = call(preload, "collect"); !status.ok()) return status;
  if (whole) warm_memory::pin_free_blocks();
  return ok_status();
}

Status PythonHost::Interpreter::find_generators() {
  const PythonRef places(PyObject_CallMethod(reseed.get(), "find_generators", nullptr));
  const PythonRef others(PyObject_CallMethod(reseed.get(), "has_others", nullptr));
  if (places == nullptr || others == nullptr) return python_error("find generators");
  auto found = twister_places(places.get());
  if (!found.ok()) return found.error();
  twisters = std::move(*found);
  has_other_generators = others.get() == Py_True;
  return ok_status();
}

// Prepares the parts of a run that do not depend on its script.
Status PythonHost::Interpreter::prepare_run() const {
  if (!attach_python_streams()) return python_error("attach streams");
  return call(harness, "prepare_module");
}

// The trial does what a cell does from its clone to its reply.
sandbox::TouchedPages PythonHost::learn_pages(const TouchTrial& trial,
                                              const char* scripts_function) {
  const PythonRef scripts = interpreter_->trusted_scripts(scripts_function);
  if (scripts == nullptr) {
    PyErr_Clear();
    return {};
  }
  before_clone();
  auto pages = trial.learn([&] {
    after_clone_in_cell();
    auto muted = MutedStreams::begin();
    const bool done =
        muted.ok() && prepare_cell().ok() && interpreter_->run_trusted(scripts.get()).ok();
    std::fflush(nullptr);  // as before every reply
    return done;
  });
  after_clone_in_zygote();
  return pages;
}

void PythonHost::learn_touched_pages() {
  if (interpreter_->warmth == protocol::WarmUp::none) return;
  const TouchTrial& trial = interpreter_->trial.emplace();
  if (has_large_image()) interpreter_->touched_by_numpy = learn_pages(trial, "idle_scripts");
  interpreter_->touched_by_all =
      learn_pages(trial, "trial_scripts");  // last, because it must be the more exact one
}

const sandbox::TouchedPages& PythonHost::touched_by_all() const {
  return interpreter_->touched_by_all;
}

const sandbox::TouchedPages& PythonHost::touched_by_numpy() const {
  return interpreter_->touched_by_numpy;
}

PythonHost::PythonHost(std::unique_ptr<Interpreter> interpreter)
    : interpreter_(std::move(interpreter)) {}
PythonHost::PythonHost(PythonHost&&) noexcept = default;
PythonHost& PythonHost::operator=(PythonHost&&) noexcept = default;
PythonHost::~PythonHost() {
  // Python objects must not be touched while the process ends, so they are leaked.
  static_cast<void>(interpreter_.release());
}

const protocol::WorkerReport& PythonHost::packages() const { return interpreter_->packages; }

bool PythonHost::has_large_image() const { return interpreter_->has_large_image; }

// --- around a clone ------------------------------------------------------------------------------

void PythonHost::before_clone() { PyOS_BeforeFork(); }
void PythonHost::after_clone_in_zygote() { PyOS_AfterFork_Parent(); }
void PythonHost::after_clone_in_cell() { PyOS_AfterFork_Child(); }

// --- cell ----------------------------------------------------------------------------------------

Status PythonHost::Interpreter::call(const PythonRef& module, const char* function) const {
  const PythonRef done(PyObject_CallMethod(module.get(), function, nullptr));
  return done == nullptr ? Status(python_error(function)) : ok_status();
}

Status PythonHost::Interpreter::warm_up(const char* scripts_function, bool watched) {
  if (auto status = call(warmup, "remember"); !status.ok()) return status;
  const PythonRef scripts = trusted_scripts(scripts_function);
  if (scripts == nullptr) return python_error("warm up");
  if (auto status = run_trusted(scripts.get(), watched); !status.ok()) return status;
  return call(warmup, "forget");
}

// Lays out the Python code that scripts use: first what most of them use, then the rest; and the
// random generators, which each cell writes to.
Status PythonHost::Interpreter::lay_out_code() {
  for (const char* const function : {"common_scripts", "scripts"}) {
    if (auto status = warm_up(function, true); !status.ok()) return status;
  }
  const PythonRef unwatched(PyObject_GetAttrString(harness.get(), "AFTER_MAIN"));
  if (unwatched == nullptr) return python_error("lay out code");
  const warm_memory::PinnedFreeBlocks pinned;
  const PythonRef laid_out(
      PyObject_CallMethod(hot_code.get(), "lay_side_by_side", "(O)", unwatched.get()));
  if (laid_out == nullptr) return python_error("lay out code");
  return call(reseed, "move_generators");
}

// The list of scripts (bytes) that this function of warmup.py returns.
PythonRef PythonHost::Interpreter::trusted_scripts(const char* function) const {
  return PythonRef(PyObject_CallMethod(warmup.get(), function, nullptr));
}

// Runs each in the same way as a request; `watched`: hot_code.py records the code that runs.
Status PythonHost::Interpreter::run_trusted(PyObject* scripts, bool watched) {
  sigset_t signals;
  pthread_sigmask(SIG_BLOCK, nullptr, &signals);
  for (Py_ssize_t i = 0; i < PyList_Size(scripts); ++i) {
    PyObject* script = PyList_GetItem(scripts, i);
    if (watched) {
      if (auto status = call(hot_code, "watch"); !status.ok()) return status;
    }
    RunRequest request;
    request.script = {PyBytes_AsString(script), static_cast<std::size_t>(PyBytes_Size(script))};
    const RunReply reply = run(request);
    if (reply.type != protocol::FrameType::value) return Error{"warm up", 0, reply.payload};
  }
  pthread_sigmask(SIG_SETMASK, &signals, nullptr);
  return ok_status();
}

Status PythonHost::prepare_cell() {
  if (auto status = seed_twisters(interpreter_->twisters); !status.ok()) return status;
  if (!interpreter_->has_other_generators) return ok_status();
  return interpreter_->call(interpreter_->reseed, "reseed_others");
}

RunReply PythonHost::run(const RunRequest& request) noexcept {
  try {
    return interpreter_->run(request);
  } catch (const std::bad_alloc&) {
    return interpreter_->fallback_reply(FailureKind::memory, "MemoryError",
                                        "memory limit exceeded");
  } catch (...) {
    return interpreter_->fallback_reply(FailureKind::exception, "SystemError", "internal error");
  }
}

RunReply PythonHost::Interpreter::run(const RunRequest& request) {
  // Never released: dropping it could run a __del__ of the script, which may never return.
  PyObject* const value = open_display_for(request) ? execute_script(request).release() : nullptr;
  PyObject* const exception = take_exception().release();
  disable_hooks(disable_hooks_in_python.get());
  if (display_sender) {
    const PythonRef finished(PyObject_CallNoArgs(finish_display.get()));
    if (finished == nullptr) PyErr_Clear();
  }
  RunReply reply = value != nullptr ? encode_value(value, request)
                                    : describe_failure(exception, request.memory_bytes);
  const PythonRef flushed(PyObject_CallNoArgs(flush_streams.get()));
  if (flushed == nullptr) PyErr_Clear();
  return reply;
}

bool PythonHost::Interpreter::attach_python_streams() const {
  const PythonRef attached(PyObject_CallOneArg(attach_streams.get(), output_buffer_type.get()));
  return attached != nullptr;
}

// False: an exception is set.
bool PythonHost::Interpreter::open_display_for(const RunRequest& request) {
  if (!request.display) return true;
  const PythonRef send = display_sender.emplace(request.display, convert.get()).callable();
  if (send == nullptr) return false;
  const PythonRef opened(PyObject_CallOneArg(open_display.get(), send.get()));
  return opened != nullptr;
}

PythonRef PythonHost::Interpreter::execute_script(const RunRequest& request) const {
  if (!standard_descriptors_are_pipes() && !attach_python_streams()) return nullptr;
  const PythonRef script = bytes_of(request.script);
  const PythonRef arguments = bytes_of(request.args_json);
  const PythonRef environment_block = bytes_of(request.env_block);
  if (script == nullptr || arguments == nullptr || environment_block == nullptr) return nullptr;
  PythonRef mode;  // without one the call is the shortest: mode main
  if (request.mode != protocol::RunMode::main) {
    mode.reset(PyUnicode_FromString(mode_name(request.mode)));
    if (mode == nullptr) return nullptr;
  }
  return PythonRef(PyObject_CallFunctionObjArgs(execute.get(), script.get(), arguments.get(),
                                                environment_block.get(), mode.get(), nullptr));
}

RunReply PythonHost::Interpreter::encode_value(PyObject* value, const RunRequest& request) {
  auto encoded = encode_json(value, convert.get(), {kValueBytesMax, kJsonDepthMax});
  if (auto* text = std::get_if<std::string>(&encoded)) {
    return {protocol::FrameType::value, std::move(*text)};
  }
  if (request.mode == protocol::RunMode::repl) {  // then `display` has it
    PyErr_Clear();
    return {protocol::FrameType::value, "null"};
  }
  const JsonFault& fault = std::get<JsonFault>(encoded);
  switch (fault.why) {
    case JsonFault::Why::not_serializable:
      return {protocol::FrameType::failure,
              failure_json(FailureKind::not_serializable, fault.message)};
    case JsonFault::Why::too_large:
      return {
          protocol::FrameType::failure,
          failure_json(FailureKind::output, "result size limit exceeded (" +
                                                std::to_string(kValueBytesMax / kMiB) + " MB)")};
    case JsonFault::Why::python_error:
      break;
  }
  return describe_failure(take_exception().release(), request.memory_bytes);
}

RunReply PythonHost::Interpreter::describe_failure(PyObject* exception,
                                                   std::uint64_t memory_bytes) {
  reserve.release();
  if (exception == nullptr) {
    return fallback_reply(FailureKind::exception, "SystemError", "no exception set");
  }
  // More than once: the first attempt can fail because of a thread or an asynchronous exception of
  // the script.
  for (int attempt = 0; attempt < kDescribeAttempts; ++attempt) {
    const PythonRef failure(PyObject_CallFunction(describe.get(), "OK(s)", exception,
                                                  static_cast<unsigned long long>(memory_bytes),
                                                  refused_wall()));
    if (failure != nullptr) {
      const bool lacks_permission = take_flag(failure.get(), "lacks_permission");
      auto encoded = encode_json(failure.get(), convert.get(), {kFailureBytesMax, kJsonDepthMax});
      if (auto* text = std::get_if<std::string>(&encoded)) {
        return {protocol::FrameType::failure, std::move(*text), lacks_permission};
      }
    }
    PyErr_Clear();
  }
  if (PyErr_GivenExceptionMatches(exception, PyExc_MemoryError) != 0) {
    return fallback_reply(FailureKind::memory, "MemoryError", "memory limit exceeded");
  }
  return fallback_reply(FailureKind::exception, "Exception", "it could not be described");
}

// Allocates nothing: writes into the buffer that start() reserved.
RunReply PythonHost::Interpreter::fallback_reply(FailureKind kind, const char* type,
                                                 std::string_view message) noexcept {
  PyErr_Clear();
  fallback.clear();
  fallback.append(R"({"kind":")").append(protocol::name_of(kind));
  fallback.append(R"(","type":")").append(type);
  fallback.append(R"(","message":")").append(message).append("\"}");
  return {protocol::FrameType::failure, std::move(fallback)};
}

}  // namespace forkjail::zygote
