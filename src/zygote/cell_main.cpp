#include "zygote/cell_main.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

#include "base/io.h"
#include "base/limits.h"
#include "base/pipe.h"
#include "protocol/run_frames.h"
#include "protocol/wire.h"
#include "sandbox/enter_cell.h"
#include "sandbox/memory_limit.h"
#include "sandbox/refused_calls.h"
#include "sandbox/rlimits.h"
#include "sandbox/step_trace.h"
#include "zygote/path_redirect.h"

namespace forkjail::zygote {
namespace {

using protocol::FrameHeader;
using protocol::FrameType;

constexpr int kParkedFdCount = 5;

// A cell that nobody wanted for this long has the processor to itself: where modules are preloaded
// it makes its own what a run touches that uses them, in a millisecond. Under load cells are taken
// sooner, and none of this is paid. How long differs from cell to cell, or a client that comes at
// even intervals could find one at it each time.
constexpr std::chrono::milliseconds kIdleTimeMin{10};
constexpr uid_t kIdleTimes = 7;  // a prime: neighbouring uids of any stride differ

std::chrono::milliseconds idle_time_of(uid_t uid) {
  return kIdleTimeMin + std::chrono::milliseconds(uid % kIdleTimes);
}

// From the reply until a cell that nobody ends exits by itself.
constexpr std::chrono::milliseconds kEndTimeMax{2};

// Nobody listens when this fails: the exit tells.
void send_frame(FrameType type, std::span<const std::byte> payload) {
  const FrameHeader header{static_cast<std::uint32_t>(type),
                           static_cast<std::uint32_t>(payload.size())};
  // One call for header and payload: a reply that fits the pipe wakes the server once.
  const iovec parts[2] = {
      {const_cast<FrameHeader*>(&header), sizeof header},         // NOLINT(*-const-cast)
      {const_cast<std::byte*>(payload.data()), payload.size()}};  // NOLINT(*-const-cast)
  const ssize_t sent = ::writev(protocol::kCellReplyFd, parts, 2);
  if (sent < static_cast<ssize_t>(sizeof header)) return;
  (void)write_all(protocol::kCellReplyFd,
                  payload.subspan(static_cast<std::size_t>(sent) - sizeof header));
}

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

// The zygote blocks SIGCHLD to read it from a descriptor; a script starts with nothing blocked.
Status unblock_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return errno_error("sigprocmask");
  return ok_status();
}

Status enter_jail(const CellDescriptors& given, const CellOptions& options,
                  const sandbox::TouchedPages& touched_pages) {
  // Standard input at its end. A pipe of the cell's own: an open file description that cells shared
  // would carry flags from one to the other, and a chroot need not have a /dev/null that opens.
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
  return sandbox::enter_cell({.walls = options.walls,
                              .zygote = options.zygote,
                              .uid = options.uid,
                              .descriptors = sources,
                              .cgroup_joins = cgroup_joins,
                              .scratch_directory = options.scratch_directory,
                              .scratch = {kScratchBytesMax, kScratchInodesMax},
                              .files = files,
                              .touched_pages = &touched_pages,
                              .filter = options.filter,
                              .failing_step = options.failing_step,
                              .skipped_step = options.skipped_step});
}

// An error of any step but the first names that step.
bool descriptors_are_placed(const Error& error) {
  return std::ranges::any_of(sandbox::cell_steps().subspan(1), [&](const auto& step) {
    return error.step.starts_with(std::string(step.name) + ":");
  });
}

// One request in memory of this cell: the header, then all parts in one block.
struct Request {
  protocol::RunRequestHeader header;
  std::vector<std::byte> block;

  std::string_view part(std::size_t at, std::size_t size) const {
    return {reinterpret_cast<const char*>(block.data()) + at, size};
  }
  std::string_view script() const { return part(0, header.script_bytes); }
  std::string_view args() const { return part(header.script_bytes, header.args_bytes); }
  std::string_view stdin_text() const {
    return part(std::size_t{header.script_bytes} + header.args_bytes, header.stdin_bytes);
  }
  std::string_view env() const {
    return part(std::size_t{header.script_bytes} + header.args_bytes + header.stdin_bytes,
                header.env_bytes);
  }
};

sandbox::MemoryBase require_memory_base(const CellOptions& options) {
  const auto bounds = options.walls.memory_cgroup ? sandbox::MemoryBounds::data
                                                  : sandbox::MemoryBounds::data_and_space;
  const auto measured = sandbox::measure_memory(bounds, options.zygote_memory);
  if (!measured) refuse(measured.error());
  return *measured;
}

// Whether anything is there to read before `time` is over.
bool request_comes_within(std::chrono::milliseconds time) {
  pollfd request{protocol::kCellRequestFd, POLLIN, 0};
  return ::poll(&request, 1, static_cast<int>(time.count())) != 0;
}

// Waits for the request. End of file means that this cell was not needed: it just goes.
Request receive_request() {
  Request request;
  const std::span header_bytes(reinterpret_cast<std::byte*>(&request.header),
                               sizeof request.header);
  if (!read_exactly(protocol::kCellRequestFd, header_bytes)) ::_exit(0);
  const auto& header = request.header;
  const std::size_t total =
      std::size_t{header.script_bytes} + header.args_bytes + header.stdin_bytes + header.env_bytes;
  // The server checked all of this; a mismatch is a bug of ours, and nothing runs.
  if (header.magic != protocol::kRunRequestMagic || header.files_bytes != 0 ||
      total > 2 * kBodyBytesMax) {
    ::_exit(1);
  }
  request.block.resize(total);
  if (!read_exactly(protocol::kCellRequestFd, request.block)) ::_exit(1);
  ::close(protocol::kCellRequestFd);
  return request;
}

// Standard input as a file without a name in the cell's own scratch, as `script < file` would have.
Status place_stdin(std::string_view text) {
  if (text.empty()) return ok_status();  // a pipe at its end is there
  UniqueFd file(::open(sandbox::kTemporaryDirectory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file.valid()) {  // gVisor has no such files: made with a name, then
    const std::string name = std::string(sandbox::kTemporaryDirectory) + "/.stdin";
    file.reset(::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
    if (!file.valid() || ::unlink(name.c_str()) != 0) return errno_error("make stdin");
  }
  if (auto written = write_all(file.get(), std::as_bytes(std::span(text))); !written)
    return written;
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return errno_error("rewind stdin");
  if (::dup2(file.get(), protocol::kCellStdinFd) < 0) return errno_error("place stdin");
  return ok_status();
}

Status apply_run_limits(const protocol::RunRequestHeader& header,
                        const sandbox::MemoryBase& memory) {
  if (auto status = sandbox::set_cpu_limit(std::chrono::milliseconds(header.cpu_time_ms));
      !status) {
    return status;
  }
  return sandbox::limit_memory(memory, header.memory_bytes);
}

// Processes that were asked for in vain only where the run failed for it: libraries try one and do
// without.
void send_refused_calls(bool with_processes) {
  std::array<std::uint32_t, protocol::kRefusedSyscallsMax> numbers{};
  auto end = std::ranges::copy(sandbox::refused_calls(), numbers.begin()).out;
  if (with_processes) {
    const auto processes = sandbox::refused_processes();
    const auto room = static_cast<std::size_t>(numbers.end() - end);
    end = std::ranges::copy(processes.first(std::min(room, processes.size())), end).out;
  }
  const std::span refused(numbers.begin(), end);
  if (!refused.empty()) send_frame(FrameType::refused_syscalls, std::as_bytes(refused));
}

// The outputs stay open, since the end of each would wake the server: it reads what they hold when
// it has the reply.
void send_reply(const RunReply& reply) {
  std::fflush(nullptr);  // what C code of the script printed
  send_refused_calls(reply.lacks_permission);
  send_frame(reply.type, std::as_bytes(std::span(reply.payload)));
}

// The server was woken by the reply, often on this processor, and the kernel lets this process go
// on with its exit, 0.2 ms, in one of six cases. Where the image is large the exit takes a
// millisecond and comes to meet server and client as well: the supervisor is about to end this cell
// anyway, and it waits for that.
void let_the_answer_go_first(bool large_image) {
  if (large_image) {
    ::poll(nullptr, 0, static_cast<int>(kEndTimeMax.count()));
  } else {
    ::sched_yield();
  }
}

}  // namespace

void cell_main(PythonHost& host, const CellDescriptors& descriptors, const CellOptions& options) {
  sandbox::trace_step("cloned");
  if (auto entered = enter_jail(descriptors, options, host.touched_by_all()); !entered) {
    // Until the first step is through, the reply pipe has its old number.
    if (!descriptors_are_placed(entered.error())) {
      ::dup2(descriptors.reply_write, protocol::kCellReplyFd);
    }
    refuse(entered.error());
  }
  require(unblock_signals());
  if (!options.walls.namespaces) redirect_scratch(options.scratch_directory);
  host.after_clone_in_cell();
  sandbox::trace_step("at-fork hooks");
  require(host.prepare_cell());
  sandbox::trace_step("seeds, environment");
  sandbox::reset_refused_calls();
  const sandbox::MemoryBase memory = require_memory_base(options);
  sandbox::trace_step("data size");
  send_frame(FrameType::parked, {});
  sandbox::trace_step("parked");

  const sandbox::TouchedPages& further_pages = host.touched_by_numpy();
  if (!further_pages.empty() && !request_comes_within(idle_time_of(options.uid))) {
    sandbox::prefault(further_pages);
    sandbox::trace_step("idle pages");
  }
  const Request request = receive_request();
  sandbox::trace_step("request");
  require(place_stdin(request.stdin_text()));
  require(apply_run_limits(request.header, memory));
  sandbox::trace_step("limits");
  const auto reply = host.run({.script = request.script(),
                               .args_json = request.args(),
                               .env_block = request.env(),
                               .memory_bytes = request.header.memory_bytes});
  sandbox::trace_step("run");
  send_reply(reply);
  sandbox::trace_step("reply");
  sandbox::write_step_trace(protocol::kCellReplyFd);
  let_the_answer_go_first(host.has_modules());
  ::_exit(0);
}

}  // namespace forkjail::zygote
