#include "supervisor/cell_process.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "supervisor/process_facts.h"

namespace forkjail::supervisor {
namespace {

constexpr std::chrono::milliseconds kDeathPause{5};

}  // namespace

CellProcess CellProcess::by_descriptor(UniqueFd pidfd) {
  CellProcess process;
  process.pidfd_ = std::move(pidfd);
  const auto pid = pid_of(process.pidfd_.get());
  process.pid_ = pid.ok() ? *pid : 0;  // gone already: its end is on the way
  return process;
}

CellProcess CellProcess::by_number(pid_t pid) {
  CellProcess process;
  process.pid_ = pid;
  process.is_held_ = true;
  return process;
}

bool CellProcess::is_dead() const {
  if (pidfd_.valid()) {
    pollfd death{pidfd_.get(), POLLIN, 0};
    return ::poll(&death, 1, 0) == 1;
  }
  return is_held_ && !is_alive(pid_);
}

void CellProcess::kill() const { send(SIGKILL); }
void CellProcess::stop() const { send(SIGSTOP); }
void CellProcess::go_on() const { send(SIGCONT); }

void CellProcess::send(int signal) const {
  if (pidfd_.valid()) {
    ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0);
  } else if (is_held_ && pid_ > 0) {
    ::kill(pid_, signal);
  }
}

void CellProcess::wait_for_death(std::chrono::milliseconds time_max) const {
  if (pidfd_.valid()) {
    pollfd death{pidfd_.get(), POLLIN, 0};
    ::poll(&death, 1, static_cast<int>(time_max.count()));
    return;
  }
  const auto deadline = std::chrono::steady_clock::now() + time_max;
  while (pid_ > 0 && is_alive(pid_) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kDeathPause);
  }
}

}  // namespace forkjail::supervisor
