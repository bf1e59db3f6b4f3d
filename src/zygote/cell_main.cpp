#include "zygote/cell_main.h"

#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/pipe.h"
#include "protocol/run_frames.h"
#include "protocol/wire.h"
#include "sandbox/clone_process.h"
#include "sandbox/enter_cell.h"
#include "sandbox/memory_limit.h"
#include "sandbox/refused_calls.h"
#include "sandbox/rlimits.h"
#include "sandbox/step_trace.h"
#include "zygote/cell_request.h"
#include "zygote/cell_run.h"
#include "zygote/keeper/first_state.h"
#include "zygote/path_redirect.h"
#include "zygote/reply_pipe.h"
#include "zygote/session_process.h"
#include "zygote/state_loop.h"

namespace forkjail::zygote {
namespace {

using protocol::FrameType;

constexpr int kParkedFdCount = 5;

// A cell that has been idle for this long can use the CPU: if modules are preloaded, it touches the
// pages that a run with these modules touches, which takes a millisecond. Under load cells are used
// sooner and do not pay for this. The time differs from cell to cell; otherwise a client that sends
// at regular intervals could meet the cells at this work every time.
constexpr std::chrono::milliseconds kIdleTimeMin{10};
constexpr uid_t kIdleTimes = 7;  // a prime, so that neighbouring uids differ for any stride

std::chrono::milliseconds idle_time_of(uid_t uid) {
  return kIdleTimeMin + std::chrono::milliseconds(uid % kIdleTimes);
}

// The longest time between the reply and the exit of a cell that is not killed.
constexpr std::chrono::milliseconds kEndTimeMax{2};

[[noreturn]] void refuse(const Error& error) {
  protocol::SetupFailure failure;
  failure.sys_errno = error.sys_errno;
  const std::string text = error.detail.empty() ? error.step : error.step + " " + error.detail;
  std::copy_n(text.data(), std::min(text.size(), failure.step.size() - 1), failure.step.data());
  send_frame(FrameType::setup_failed, protocol::as_wire(failure));
  ::_exit(1);
}

void require(const Status& status) {
  if (!status) refuse(status.error());
}

// The zygote blocks SIGCHLD to read it from a descriptor; a script starts with no signal blocked.
Status unblock_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return errno_error("sigprocmask");
  return ok_status();
}

// What a cell has open behind its layers; of a session, every state.
constexpr int kStateFdCount = protocol::kCellReplyFd + 1;

class BeginSession final : public sandbox::SessionSetup {
 public:
  explicit BeginSession(const sandbox::SessionFilters& filters) : first_(filters.keeper) {}

  Status begin_first_state() override { return first_.begin(); }
  Status hand_over(UniqueFd listener) override {
    if (auto status = first_.hand_over(std::move(listener), kStateFdCount); !status) return status;
    return sandbox::verify_keeper_decides();
  }

 private:
  FirstState first_;
};

Status enter_jail(const CellDescriptors& given, const CellOptions& options,
                  const sandbox::TouchedPages& touched_pages, sandbox::SessionSetup* session) {
  // Standard input at end of file. A pipe of its own: cells that shared an open file description
  // would share its flags, and a chroot may have no /dev/null that can be opened.
  auto standard_input = make_pipe();
  if (!standard_input) return standard_input.error();
  std::vector<int> sources(kParkedFdCount);
  standard_input->write_end.reset();
  sources[protocol::kCellStdinFd] = standard_input->read_end.release();  // the first step closes it
  sources[protocol::kCellStdoutFd] = given.stdout_write;
  sources[protocol::kCellStderrFd] = given.stderr_write;
  sources[protocol::kCellReplyFd] = given.reply_write;
  sources[protocol::kCellRequestFd] = given.request_read;
  std::vector<int> cgroup_joins;
  for (const UniqueFd& file : given.cgroup_joins) {
    cgroup_joins.push_back(static_cast<int>(sources.size()));
    sources.push_back(file.get());
  }
  std::vector<sandbox::FileRule> files(options.files.begin(), options.files.end());
  files.push_back({options.scratch_directory, sandbox::FileRight::own});
  return sandbox::enter_cell({.layers = options.layers,
                              .zygote = options.zygote,
                              .uid = options.uid,
                              .descriptors = sources,
                              .cgroup_joins = cgroup_joins,
                              .scratch_directory = options.scratch_directory,
                              .scratch = {kScratchBytesMax, kScratchInodesMax},
                              .files = files,
                              .touched_pages = &touched_pages,
                              .filter = session ? &options.session_filters->states : options.filter,
                              .session = session,
                              .failing_step = options.failing_step,
                              .skipped_step = options.skipped_step});
}

// An error of any later step names that step.
bool descriptors_are_placed(const Error& error) {
  return std::ranges::any_of(sandbox::cell_steps().subspan(1), [&](const auto& step) {
    return error.step.starts_with(std::string(step.name) + ":");
  });
}

sandbox::MemoryBase require_memory_base(const CellOptions& options) {
  const auto bounds = options.layers.memory_cgroup ? sandbox::MemoryBounds::data
                                                   : sandbox::MemoryBounds::data_and_space;
  const auto measured = sandbox::measure_memory(bounds, options.zygote_memory);
  if (!measured) refuse(measured.error());
  return *measured;
}

// Whether a request arrives within `time`.
bool request_comes_within(std::chrono::milliseconds time) {
  pollfd request{protocol::kCellRequestFd, POLLIN, 0};
  return ::poll(&request, 1, static_cast<int>(time.count())) != 0;
}

Status apply_run_limits(const protocol::RunRequestHeader& header,
                        const sandbox::MemoryBase& memory) {
  if (auto status = sandbox::set_cpu_limit(std::chrono::milliseconds(header.cpu_time_ms));
      !status) {
    return status;
  }
  return sandbox::limit_memory(memory, header.memory_bytes);
}

[[noreturn]] void give_up(std::string_view what, const Error& error) {
  reply_not_begun(what, error);
  ::_exit(1);
}

// The reply woke the server, often on this CPU, and in one of six cases the kernel lets this
// process first finish its exit, which takes 0.2 ms. With a large image the exit takes a
// millisecond and delays server and client too, so the cell sleeps: the supervisor is about to kill
// it anyway.
void yield_before_exit(bool large_image) {
  if (large_image) {
    ::poll(nullptr, 0, static_cast<int>(kEndTimeMax.count()));
  } else {
    ::sched_yield();
  }
}

// Into the jail, and all that a parked cell needs: what its own data size is measured from.
sandbox::MemoryBase enter(PythonHost& host, const CellDescriptors& descriptors,
                          const CellOptions& options, BeginSession* session) {
  if (auto entered = enter_jail(descriptors, options, host.touched_by_all(), session); !entered) {
    // Before the first step is done, the reply pipe has its original number.
    if (!descriptors_are_placed(entered.error())) {
      ::dup2(descriptors.reply_write, protocol::kCellReplyFd);
    }
    refuse(entered.error());
  }
  require(unblock_signals());
  if (!options.layers.namespaces) redirect_scratch(options.scratch_directory);
  host.after_clone_in_cell();
  sandbox::trace_step("at-fork hooks");
  require(host.prepare_cell());
  sandbox::trace_step("seeds, environment");
  sandbox::reset_refused_calls();
  const sandbox::MemoryBase memory = require_memory_base(options);
  sandbox::trace_step("data size");
  return memory;
}

std::string working_directory(const CellOptions& options) {
  return options.scratch_directory + sandbox::kWorkingFolder;
}

// `thread_id`: for a keeper's states, cached_thread_id(); empty without a keeper.
[[noreturn]] void serve_session(PythonHost& host, const CellOptions& options,
                                const sandbox::MemoryBase& memory, std::optional<int*> thread_id) {
  require(host.begin_session());
  require(sandbox::limit_memory(memory, options.session_memory_bytes));
  send_frame(FrameType::parked, std::string_view());
  const std::string directory = working_directory(options);
  if (!thread_id) session_process(host, directory);
  state_loop(host, {.directory = directory, .thread_id = *thread_id});
}

[[noreturn]] void serve_one_run(PythonHost& host, const CellOptions& options,
                                const sandbox::MemoryBase& memory) {
  send_frame(FrameType::parked, std::string_view());
  sandbox::trace_step("parked");
  const sandbox::TouchedPages& further_pages = host.touched_while_idle();
  if (!further_pages.empty() && !request_comes_within(idle_time_of(options.uid))) {
    sandbox::prefault(further_pages);
    sandbox::trace_step("idle pages");
  }
  CellRequest request = CellRequest::receive();
  sandbox::trace_step("request");
  const auto placed = place_files_of(request);
  if (!placed) give_up("the files of the request could not be written", placed.error());
  if (auto status = request.stdin_file().place(); !status) {
    give_up("stdin could not be written", status.error());
  }
  require(apply_run_limits(request.header(), memory));
  sandbox::trace_step("limits");
  run_and_reply(
      host, request,
      {.directory = working_directory(options),
       .known = [&](int root, const FoundEntry& file) { return is_as_placed(*placed, root, file); },
       .process_ends = true});
  sandbox::write_step_trace(protocol::kCellReplyFd);
  yield_before_exit(host.has_large_image());
  ::_exit(0);
}

}  // namespace

void cell_main(PythonHost& host, const CellDescriptors& descriptors, const CellOptions& options) {
  sandbox::trace_step("cloned");
  const bool is_session = options.session_memory_bytes != 0;
  const bool has_keeper = is_session && options.session_filters != nullptr;
  std::optional<BeginSession> session;
  if (has_keeper) session.emplace(*options.session_filters);
  std::optional<int*> thread_id;
  if (has_keeper) thread_id = sandbox::cached_thread_id();  // before the filter
  const sandbox::MemoryBase memory =
      enter(host, descriptors, options, session ? &*session : nullptr);
  if (is_session) serve_session(host, options, memory, thread_id);
  serve_one_run(host, options, memory);
}

}  // namespace forkjail::zygote
