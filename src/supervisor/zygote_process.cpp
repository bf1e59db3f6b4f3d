#include "supervisor/zygote_process.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

#include "base/unix_socket.h"
#include "protocol/wire.h"
#include "protocol/zygote_channel.h"

namespace forkjail::supervisor {

ZygoteProcess::~ZygoteProcess() {
  if (jail_.pid <= 0) return;
  end();
  ::waitpid(jail_.pid, nullptr, 0);
}

Status ZygoteProcess::on_ready(pid_t pid, protocol::ZygoteReport packages) {
  zygote_pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  // Our own child, which only we reap, needs none (gVisor has no pidfds).
  const bool needed = errno != ENOSYS || pid != jail_.pid;
  if (!zygote_pidfd_.valid() && needed) return errno_error("pidfd_open of the zygote");
  zygote_pid_ = pid;
  report_ = std::move(packages);
  jail_.preload_directory.remove();
  return ok_status();
}

void ZygoteProcess::on_proven(protocol::IsolationLevel level, std::vector<protocol::Layer> proven) {
  report_.level = level;
  report_.warm_up = kind_.warm_up;
  report_.layers = std::move(proven);
}

Status ZygoteProcess::send_clone(Cell& cell, std::span<const UniqueFd> cgroup_joins) {
  const protocol::ZygoteMessage message{
      .verb = protocol::ZygoteVerb::clone,
      .cell = cell.id,
      .uid = cell.uid_in_jail,
      .session_memory_bytes = protocol::is_session(cell.flavour) ? cell.memory_bytes_max : 0};
  std::vector<int> fds(protocol::kCloneFdCount);
  fds[protocol::kRequestRead] = cell.request.read_end.get();
  fds[protocol::kReplyWrite] = cell.reply.write_end.get();
  fds[protocol::kStdoutWrite] = cell.stdout_pipe.write_end.get();
  fds[protocol::kStderrWrite] = cell.stderr_pipe.write_end.get();
  for (const UniqueFd& file : cgroup_joins) fds.push_back(file.get());
  send_reaps();
  if (auto sent = send_packet(control(), protocol::as_wire(message), fds, WhenFull::fail); !sent)
    return sent;
  ++runs_;
  cell.request.read_end.reset();
  cell.reply.write_end.reset();
  cell.stdout_pipe.write_end.reset();
  cell.stderr_pipe.write_end.reset();
  return ok_status();
}

void ZygoteProcess::send_reap(pid_t pid) {
  unsent_reaps_.push_back(pid);
  send_reaps();
}

void ZygoteProcess::send_reaps() {
  const auto is_done = [this](pid_t pid) {
    const protocol::ZygoteMessage message{.verb = protocol::ZygoteVerb::reap, .pid = pid};
    const auto sent = send_packet(control(), protocol::as_wire(message), {}, WhenFull::fail);
    return sent || sent.error().sys_errno != EAGAIN;  // a zygote that is gone needs no telling
  };
  const auto left = std::ranges::find_if_not(unsent_reaps_, is_done);
  unsent_reaps_.erase(unsent_reaps_.begin(), left);
}

void ZygoteProcess::end() {
  state = ZygoteState::ended;
  jail_.control.reset();
  if (zygote_pidfd_.valid()) {
    ::syscall(SYS_pidfd_send_signal, zygote_pidfd_.get(), SIGKILL, nullptr, 0);
  } else if (jail_.pid > 0) {
    ::kill(jail_.pid, SIGKILL);
  }
}

}  // namespace forkjail::supervisor
