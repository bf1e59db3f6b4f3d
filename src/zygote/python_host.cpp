#include "zygote/python_host.h"

#include <Python.h>
#include <sys/prctl.h>

#include <optional>
#include <utility>

#include "zygote/interpreter.h"
#include "zygote/read_ahead.h"
#include "zygote/warm_memory.h"

namespace forkjail::zygote {

Result<PythonHost> PythonHost::start(const PythonPaths& paths,
                                     std::span<const std::string> preload_modules,
                                     protocol::WarmUp warm_up, const ImageTricks& tricks) {
  const bool whole = warm_up == protocol::WarmUp::whole;
  std::optional<ReadAhead> read_ahead;  // not for a whole warm-up: then everything was already read
  if (!whole && !preload_modules.empty()) read_ahead.emplace(paths.site_packages, preload_modules);
  // Also of what this process clones.
  if (!tricks.huge_pages) ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  warm_memory::begin();
  if (auto status = initialize_python(paths); !status.ok()) return status.error();
  auto interpreter = std::make_unique<Interpreter>(warm_up, tricks);
  if (auto status = interpreter->load(paths, preload_modules); !status.ok()) return status.error();
  read_ahead.reset();
  if (auto status = interpreter->warm(); !status.ok()) return status.error();
  return PythonHost(std::move(interpreter));
}

PythonHost::PythonHost(std::unique_ptr<Interpreter> interpreter)
    : interpreter_(std::move(interpreter)) {}
PythonHost::PythonHost(PythonHost&&) noexcept = default;
PythonHost& PythonHost::operator=(PythonHost&&) noexcept = default;
PythonHost::~PythonHost() {
  // Python objects must not be touched while the process ends, so they are leaked.
  static_cast<void>(interpreter_.release());
}

const protocol::ZygoteReport& PythonHost::packages() const { return interpreter_->packages(); }

bool PythonHost::has_large_image() const { return interpreter_->has_large_image(); }

void PythonHost::learn_touched_pages() { interpreter_->learn_touched_pages(); }
void PythonHost::learn_session_pages() { interpreter_->learn_session_pages(); }

const sandbox::TouchedPages& PythonHost::touched_by_all() const {
  return interpreter_->touched_by_all();
}

const sandbox::TouchedPages& PythonHost::touched_in_sessions() const {
  return interpreter_->touched_in_sessions();
}

const sandbox::TouchedPages& PythonHost::touched_while_idle() const {
  return interpreter_->touched_while_idle();
}

void PythonHost::before_clone() { PyOS_BeforeFork(); }
void PythonHost::after_clone_in_zygote() { PyOS_AfterFork_Parent(); }
void PythonHost::after_clone_in_cell() { PyOS_AfterFork_Child(); }

void PythonHost::forget_threads() { interpreter_->forget_threads(); }

Status PythonHost::prepare_cell() { return interpreter_->prepare_cell(); }

Status PythonHost::begin_session() { return interpreter_->begin_session(); }

RunReply PythonHost::run(const RunRequest& request) noexcept {
  return interpreter_->script_run().run(request);
}

void PythonHost::prepare_next_run() noexcept { interpreter_->script_run().prepare_next_run(); }

}  // namespace forkjail::zygote
