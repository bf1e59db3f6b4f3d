#include "zygote/state_loop.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sandbox/prefault.h"
#include "sandbox/syscall_policy.h"
#include "zygote/keeper/state_call.h"
#include "zygote/kept_files.h"
#include "zygote/next_allocations.h"
#include "zygote/session_run.h"
#include "zygote/switch_interval.h"

namespace forkjail::zygote {
namespace {

// Blocks all signals while it lives: a signal would interrupt the wait for an order.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

// Children that sleep as kept states and have ended: the keeper knows it already.
void reap_children() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

class StateLoop {
 public:
  StateLoop(PythonHost& host, const StateOptions& options)
      : host_(host), options_(options), files_(options.directory), runs_(host, options.directory) {}

  [[noreturn]] void run() {
    int sys_errno = 0;
    for (;;) {
      switch (static_cast<StateOrder>(next_order(sys_errno))) {
        case StateOrder::run:
          sys_errno = 0;
          serve();
          break;
        case StateOrder::keep:
          sys_errno = keep();
          break;
        case StateOrder::revive:
          sys_errno = revive();
          break;
        default:
          ::_exit(1);  // the keeper is gone, or this process is none of its states
      }
    }
  }

 private:
  // Holds the GIL: threads that a script has left rest between two runs.
  long next_order(int sys_errno) {
    switch_interval_.lengthen();
    const long order = await_order(sys_errno);
    switch_interval_.restore();
    return order;
  }
  static long await_order(int sys_errno) {
    const SignalsBlocked blocked;
    return ::syscall(sandbox::kKeeperCall, sys_errno, kStateCallMagic, 0, 0, 0);
  }

  void serve() {
    CellRequest request = CellRequest::receive();
    runs_.serve(request, [this](int, const FoundEntry& file) { return files_.knows(file); });
  }

  // Copies this process with the C library's fork, which lets no other thread hold a lock of its in
  // the copy. The copy changes nothing of its memory before it is woken. This process then takes
  // copies of the pages that the next run writes anyway, while nobody waits for it. All of them lie
  // in memory that the interpreter never returns to the kernel; a script that does so for it ends
  // its own state.
  int keep() {
    reap_children();
    if (const auto kept = files_.keep(); !kept) return kept.error().sys_errno;
    runs_.prepare_next();  // for the copy too
    const SignalsBlocked blocked;
    host_.before_clone();
    const pid_t copy = ::fork();
    if (copy == 0) return 0;
    const int sys_errno = copy < 0 ? errno : 0;
    host_.after_clone_in_zygote();
    if (copy > 0) {
      sandbox::prefault(host_.touched_in_sessions());
      touch_next_allocations();
    }
    return sys_errno;
  }

  // A kept state: its clone is the new head, with random numbers of its own and the files as they
  // were.
  int revive() {
    reap_children();
    const long head = ::syscall(SYS_clone, kReviveFlags, nullptr, nullptr, options_.thread_id, 0);
    if (head < 0) return errno;
    if (head > 0) return 0;
    host_.after_clone_in_cell();
    host_.forget_threads();
    if (!host_.prepare_cell()) ::_exit(1);
    (void)files_.restore();
    return 0;
  }

  PythonHost& host_;
  StateOptions options_;
  KeptFiles files_;
  SessionRuns runs_;
  SwitchInterval switch_interval_;
};

}  // namespace

void state_loop(PythonHost& host, const StateOptions& options) { StateLoop(host, options).run(); }

}  // namespace forkjail::zygote
