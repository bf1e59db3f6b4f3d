#include "zygote/script_run.h"

#include <Python.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>
#include <tuple>
#include <utility>
#include <variant>

#include "sandbox/refused_calls.h"
#include "zygote/json_encoder.h"
#include "zygote/json_text.h"
#include "zygote/script_output.h"

namespace forkjail::zygote {
namespace {

using protocol::FailureKind;

constexpr std::size_t kFallbackBytes = 512;
constexpr int kDescribeAttempts = 3;
constexpr int kPendingSignalsMax = 256;
constexpr int kRecursionLimit = 1000;  // CPython's own

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
const char* refused_by_sandbox() {
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

// --- zygote: start -------------------------------------------------------------------------------

ScriptRun::ScriptRun() { fallback_.reserve(kFallbackBytes); }

Status ScriptRun::begin() {
  reserve_.watch_python_allocator();
  if (!replace_builtin_print()) return python_error("make script output");
  return streams_.begin();
}

Status ScriptRun::find_functions(const RuntimeModules& modules) {
  const std::array<std::tuple<const char*, const char*, PythonRef*>, 8> functions{
      {{"harness", "execute", &execute_},
       {"harness", "describe", &describe_},
       {"harness", "set_int_digits", &set_int_digits_},
       {"harness", "disable_monitoring", &disable_monitoring_},
       {"harness", "flush_streams", &flush_streams_},
       {"conversion", "convert", &convert_},
       {"display", "open_sink", &open_display_},
       {"display", "finish", &finish_display_}}};
  for (const auto& [module, name, function] : functions) {
    *function = modules.attribute(module, name);
    if (*function == nullptr) return python_error(std::string("find ") + name);
  }
  return streams_.find_functions(modules);
}

Status ScriptRun::attach_streams() {
  return streams_.attach() ? ok_status() : Status(python_error("attach streams"));
}

// --- a run ---------------------------------------------------------------------------------------

RunReply ScriptRun::run(const RunRequest& request) noexcept {
  try {
    return run_once(request);
  } catch (const std::bad_alloc&) {
    return fallback_reply(FailureKind::memory, "MemoryError", "memory limit exceeded");
  } catch (...) {
    return fallback_reply(FailureKind::exception, "SystemError", "internal error");
  }
}

RunReply ScriptRun::run_once(const RunRequest& request) {
  if (std::exchange(has_run_, true)) run_again();
  if (open_display_for(request)) last_value_ = execute_script(request);
  last_exception_ = take_exception();
  disable_hooks();
  if (request.display) {
    const PythonRef finished(PyObject_CallNoArgs(finish_display_.get()));
    if (finished == nullptr) PyErr_Clear();
  }
  RunReply reply = last_value_ != nullptr ? encode_value(last_value_.get(), request)
                                          : describe_failure(last_exception_.get(), request);
  const PythonRef flushed(PyObject_CallNoArgs(flush_streams_.get()));
  if (flushed == nullptr) PyErr_Clear();
  return reply;
}

// Before any run of a process but its first. What the script left is dropped in the time of the new
// run, whose limits apply to a __del__ too.
void ScriptRun::run_again() {
  fallback_.reserve(kFallbackBytes);
  reserve_.refill();
  enable_hooks();
  last_value_.reset();
  last_exception_.reset();
  streams_.begin_next_run();
}

void ScriptRun::prepare_next_run() noexcept {
  if (has_run_ && standard_descriptors_are_pipes()) streams_.prepare_next_run();
}

void ScriptRun::forget() {
  enable_hooks();
  last_value_.reset();
  last_exception_.reset();
  streams_.forget();
  has_run_ = false;
}

// Disables what the script may have left enabled before our own code runs: trace and profile
// functions, signal handlers, a recursion limit too low for us. Exceptions from handlers are
// dropped here: the run is over.
void ScriptRun::disable_hooks() {
  sigset_t all;
  sigfillset(&all);
  Hooks& hooks = disabled_.emplace();
  pthread_sigmask(SIG_BLOCK, &all, &hooks.signals);
  hooks.recursion_limit = Py_GetRecursionLimit();
  // Checked first, because setting them raises an audit event, which a script can receive.
  const PyThreadState* thread = PyThreadState_Get();
  if (thread->c_tracefunc != nullptr) PyEval_SetTrace(nullptr, nullptr);
  if (thread->c_profilefunc != nullptr) PyEval_SetProfile(nullptr, nullptr);
  Py_SetRecursionLimit(kRecursionLimit);
  for (int i = 0; i < kPendingSignalsMax && PyErr_CheckSignals() != 0; ++i) PyErr_Clear();
  const PythonRef no_limit(PyLong_FromLong(0));
  const PythonRef set(PyObject_CallOneArg(set_int_digits_.get(), no_limit.get()));
  if (set == nullptr) PyErr_Clear();
  if (disable_monitoring_.get() == Py_None) return;
  const PythonRef done(PyObject_CallNoArgs(disable_monitoring_.get()));
  if (done == nullptr) PyErr_Clear();
}

void ScriptRun::enable_hooks() {
  if (!disabled_) return;
  Py_SetRecursionLimit(disabled_->recursion_limit);
  pthread_sigmask(SIG_SETMASK, &disabled_->signals, nullptr);
  disabled_.reset();
}

// False: an exception is set.
bool ScriptRun::open_display_for(const RunRequest& request) {
  if (!request.display) return true;
  const PythonRef send = display_sender_.emplace(request.display, convert_.get()).callable();
  if (send == nullptr) return false;
  PyObject* const details = request.display_details ? Py_True : Py_False;
  const PythonRef opened(
      PyObject_CallFunctionObjArgs(open_display_.get(), send.get(), details, nullptr));
  return opened != nullptr;
}

PythonRef ScriptRun::execute_script(const RunRequest& request) {
  if (!standard_descriptors_are_pipes() && !streams_.attach()) return nullptr;
  const PythonRef script = bytes_of(request.script);
  const PythonRef arguments = bytes_of(request.args_json);
  const PythonRef environment_block = bytes_of(request.env_block);
  if (script == nullptr || arguments == nullptr || environment_block == nullptr) return nullptr;
  PythonRef mode;  // without one the call is the shortest: mode main
  if (request.mode != protocol::RunMode::main) {
    mode.reset(PyUnicode_FromString(mode_name(request.mode)));
    if (mode == nullptr) return nullptr;
  }
  return PythonRef(PyObject_CallFunctionObjArgs(execute_.get(), script.get(), arguments.get(),
                                                environment_block.get(), mode.get(), nullptr));
}

// --- the reply -----------------------------------------------------------------------------------

RunReply ScriptRun::encode_value(PyObject* value, const RunRequest& request) {
  auto encoded = encode_json(value, convert_.get(), {kValueBytesMax, kJsonDepthMax});
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
  last_exception_ = take_exception();
  return describe_failure(last_exception_.get(), request);
}

RunReply ScriptRun::describe_failure(PyObject* exception, const RunRequest& request) {
  reserve_.release();
  if (exception == nullptr) {
    return fallback_reply(FailureKind::exception, "SystemError", "no exception set");
  }
  PyObject* const has_fields = request.advice_without_fields ? Py_False : Py_True;
  // More than once: the first attempt can fail because of a thread or an asynchronous exception of
  // the script.
  for (int attempt = 0; attempt < kDescribeAttempts; ++attempt) {
    const PythonRef failure(PyObject_CallFunction(
        describe_.get(), "OK(s)O", exception, static_cast<unsigned long long>(request.memory_bytes),
        refused_by_sandbox(), has_fields));
    if (failure != nullptr) {
      const bool lacks_permission = take_flag(failure.get(), "lacks_permission");
      auto encoded = encode_json(failure.get(), convert_.get(), {kFailureBytesMax, kJsonDepthMax});
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

// Allocates nothing: writes into the buffer that was reserved.
RunReply ScriptRun::fallback_reply(FailureKind kind, const char* type,
                                   std::string_view message) noexcept {
  PyErr_Clear();
  fallback_.clear();
  fallback_.append(R"({"kind":")").append(protocol::name_of(kind));
  fallback_.append(R"(","type":")").append(type);
  fallback_.append(R"(","message":")").append(message).append("\"}");
  return {protocol::FrameType::failure, std::move(fallback_)};
}

}  // namespace forkjail::zygote
