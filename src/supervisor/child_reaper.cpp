#include "supervisor/child_reaper.h"

#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace forkjail::supervisor {

Result<UniqueFd> ChildReaper::block_signals() {
  sigset_t blocked;
  ::sigemptyset(&blocked);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&blocked, signal);
  if (::sigprocmask(SIG_BLOCK, &blocked, nullptr) != 0) return errno_error("sigprocmask");
  sigset_t read;
  ::sigemptyset(&read);
  ::sigaddset(&read, SIGCHLD);
  UniqueFd fd(::signalfd(-1, &read, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return errno_error("signalfd");
  return fd;
}

// A child that removes a large tree may take longer; it is not waited for.
void ChildReaper::reap_rest(std::chrono::milliseconds time_max) {
  constexpr std::chrono::milliseconds kPause{5};
  const auto deadline = Clock::now() + time_max;
  for (pid_t pid = 0; (pid = ::waitpid(-1, nullptr, WNOHANG)) >= 0 && Clock::now() < deadline;) {
    if (pid == 0) std::this_thread::sleep_for(kPause);
  }
}

void ChildReaper::on_readable() {
  signalfd_siginfo ignored{};
  while (::read(signals_.get(), &ignored, sizeof ignored) > 0) {
  }
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) on_reaped(pid, status);
}

void ChildReaper::on_reaped(pid_t pid, int status) {
  if (was_scratch_removal(pid, status)) return;
  if (ZygoteProcess* zygote = fleet_.find_child(pid)) {
    zygote->on_reaped();
    zygote->log().read();  // its last lines come before what is logged of its end
    zygotes_.take_last_reports(*zygote);
    return finisher_.on_zygote_gone(*zygote);
  }
  // Perhaps a cell without a pid namespace that outlived its zygote.
  cells_.orphan_reaped(pid);
  cleaner_.reaped(pid);
}

bool ChildReaper::was_scratch_removal(pid_t pid, int status) {
  if (removals_ == nullptr) return false;
  using enum ScratchRemovals::Reaped;
  const auto reaped = removals_->reaped(pid, status, now_());
  if (reaped == failed) server_.send({.verb = protocol::SupervisorVerb::removal_failed});
  return reaped != not_ours;
}

}  // namespace forkjail::supervisor
