#include "zygote/serve_loop.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "base/unix_socket.h"
#include "protocol/packets.h"
#include "protocol/wire.h"
#include "protocol/zygote_channel.h"
#include "protocol/zygote_report.h"
#include "sandbox/clone_process.h"
#include "sandbox/memory_limit.h"
#include "sandbox/namespaces.h"
#include "sandbox/scratch.h"
#include "zygote/cell_main.h"

namespace forkjail::zygote {
namespace {

using protocol::ZygoteMessage;
using protocol::ZygoteVerb;

std::uint64_t microseconds(const timeval& time) {
  return (static_cast<std::uint64_t>(time.tv_sec) * 1'000'000) +
         static_cast<std::uint64_t>(time.tv_usec);
}

// SIGCHLD as a descriptor for poll(2).
Result<UniqueFd> child_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return errno_error("sigprocmask");
  UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return errno_error("signalfd");
  return fd;
}

class CloneLoop {
 public:
  CloneLoop(PythonHost& host, const CellFilters& filters, const UniqueFd& control,
            const ServeOptions& options, const sandbox::MemoryBase& memory)
      : host_(host),
        filter_(filters.one_run),
        session_filters_(filters.sessions ? &*filters.sessions : nullptr),
        control_(control),
        options_(options),
        memory_(memory) {}

  Status run() {
    auto signals = child_signals();
    if (!signals) return signals.error();
    if (auto status = send_ready(); !status) return status;
    for (;;) {
      std::array<pollfd, 2> ready{pollfd{control_.get(), POLLIN, 0},
                                  pollfd{signals->get(), POLLIN, 0}};
      if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return errno_error("poll");
      if ((ready[1].revents & POLLIN) != 0) {
        if (auto status = reap_after(*signals); !status) return status;
      }
      if (ready[0].revents == 0) continue;
      auto packet = receive_packet(control_.get());
      if (supervisor_is_gone(packet)) return ok_status();
      if (!packet) return packet.error();
      if (auto status = on_order(*packet); !status) return status;
    }
  }

 private:
  // The supervisor is gone, perhaps without reading our last messages: the zygote ends.
  static bool supervisor_is_gone(const Result<Packet>& packet) {
    return packet ? packet->bytes.empty() : packet.error().sys_errno == ECONNRESET;
  }

  Status reap_after(const UniqueFd& signals) {
    signalfd_siginfo ignored{};
    while (::read(signals.get(), &ignored, sizeof ignored) > 0) {
    }
    return reap();
  }

  Status send_ready() {
    const ZygoteMessage message{.verb = ZygoteVerb::ready};
    return send_packet(control_.get(),
                       protocol::with_text(message, protocol::encode(host_.packages())));
  }

  Status on_order(const Packet& packet) {
    const auto message = protocol::decode_zygote_order(packet.bytes);
    if (!message) return message.error();
    if (message->verb == ZygoteVerb::reap) return reap_one(*message);
    if (packet.fds_lost) return send_clone_failed(message->cell, EMFILE);
    if (packet.fds.size() < protocol::kCloneFdCount) {
      return Error{"supervisor's message", EPROTO, "a cell without its descriptors"};
    }
    if (!std::exchange(learned_pages_, true)) learn_pages();
    host_.before_clone();
    auto cloned =
        sandbox::clone_process(options_.layers.namespaces ? sandbox::cell_clone_flags() : 0);
    if (cloned.ok() && cloned->pid == 0) {
      cell_main(host_,
                {.request_read = packet.fds[protocol::kRequestRead].get(),
                 .reply_write = packet.fds[protocol::kReplyWrite].get(),
                 .stdout_write = packet.fds[protocol::kStdoutWrite].get(),
                 .stderr_write = packet.fds[protocol::kStderrWrite].get(),
                 .cgroup_joins = std::span(packet.fds).subspan(protocol::kCloneFdCount)},
                {.layers = options_.layers,
                 .zygote = zygote_,
                 .uid = message->uid,
                 .scratch_directory = scratch_of(message->uid),
                 .files = options_.files,
                 .filter = &filter_,
                 .session_filters = session_filters_,
                 .session_memory_bytes = message->session_memory_bytes,
                 .zygote_memory = memory_,
                 .failing_step = options_.failing_step,
                 .skipped_step = options_.skipped_step});
    }
    host_.after_clone_in_zygote();
    if (!cloned) return send_clone_failed(message->cell, cloned.error().sys_errno);
    ZygoteMessage answer{.verb = ZygoteVerb::cloned, .cell = message->cell};
    cells_[cloned->pid] = message->cell;
    if (!cloned->pidfd.valid()) {
      defers_reaping_ = true;
      answer.pid = cloned->pid;
      return send_packet(control_.get(), protocol::as_wire(answer));
    }
    const int pidfd = cloned->pidfd.get();
    return send_packet(control_.get(), protocol::as_wire(answer), std::span(&pidfd, 1));
  }

  Status send_clone_failed(std::uint64_t cell, int sys_errno) {
    const ZygoteMessage answer{
        .verb = ZygoteVerb::clone_failed, .sys_errno = sys_errno, .cell = cell};
    return send_packet(control_.get(), protocol::as_wire(answer));
  }

  void learn_pages() {
    const bool makes_sessions = session_filters_ != nullptr && host_.has_large_image();
    if (makes_sessions) host_.learn_session_pages();
    host_.learn_touched_pages();
  }

  // Only a child whose exit was reported; for any other pid there is nothing to reap.
  Status reap_one(const ZygoteMessage& message) {
    const auto pid = static_cast<pid_t>(message.pid);
    if (pid > 0 && !cells_.contains(pid)) ::waitpid(pid, nullptr, WNOHANG);
    return ok_status();
  }

  // The supervisor names a cell's directory after its uid (supervisor/scratch_directories.h).
  std::string scratch_of(uid_t uid) const {
    if (options_.scratch_base.empty()) return sandbox::kScratch;
    return options_.scratch_base + "/" + std::to_string(uid);
  }

  // Reaps every cell that has exited and passes on its status and usage as the kernel reports them.
  Status reap() {
    if (defers_reaping_) return report_exits_without_reaping();
    for (;;) {
      int status = 0;
      rusage usage{};
      const pid_t pid = ::wait4(-1, &status, WNOHANG, &usage);
      if (pid <= 0) return ok_status();
      const auto cell = cells_.extract(pid);
      if (cell.empty()) continue;
      if (auto sent = send_exited(cell.mapped(), status, usage); !sent) return sent;
    }
  }

  Status send_exited(std::uint64_t cell, int status, const rusage& usage) {
    const ZygoteMessage message{
        .verb = ZygoteVerb::exited,
        .cell = cell,
        .wait_status = status,
        .cpu_time_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
        .resident_peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * kKiB};
    return send_packet(control_.get(), protocol::as_wire(message));
  }

  // Without pidfds an exited cell stays a zombie, which keeps its pid reserved, until the
  // supervisor asks to reap it.
  Status report_exits_without_reaping() {
    for (auto cell = cells_.begin(); cell != cells_.end();) {
      siginfo_t ended{};
      rusage usage{};
      // glibc's waitid has no parameter for the usage.
      const long found =
          ::syscall(SYS_waitid, P_PID, cell->first, &ended, WEXITED | WNOHANG | WNOWAIT, &usage);
      if (found != 0 || ended.si_pid == 0) {
        ++cell;
        continue;
      }
      const auto id = cell->second;
      cell = cells_.erase(cell);
      if (auto sent = send_exited(id, wait_status_of(ended), usage); !sent) return sent;
    }
    return ok_status();
  }

  // In the encoding of wait(2).
  static int wait_status_of(const siginfo_t& ended) {
    if (ended.si_code == CLD_EXITED) return (ended.si_status & 0xff) << 8;
    return (ended.si_status & 0x7f) | (ended.si_code == CLD_DUMPED ? 0x80 : 0);
  }

  PythonHost& host_;
  const sandbox::FilterProgram& filter_;
  const sandbox::SessionFilters* session_filters_;
  const UniqueFd& control_;
  const ServeOptions& options_;
  const pid_t zygote_ = ::getpid();
  const sandbox::MemoryBase memory_;  // of the zygote
  std::unordered_map<pid_t, std::uint64_t> cells_;
  bool learned_pages_ = false;
  bool defers_reaping_ = false;  // the kernel has no pidfds
};

}  // namespace

Status serve(PythonHost& host, const CellFilters& filters, const UniqueFd& control,
             const ServeOptions& options) {
  const auto memory = sandbox::measure_memory(sandbox::MemoryBounds::data_and_space);
  if (!memory) return memory.error();
  return CloneLoop(host, filters, control, options, *memory).run();
}

}  // namespace forkjail::zygote
