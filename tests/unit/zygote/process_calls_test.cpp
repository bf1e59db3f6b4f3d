// The C library's functions that start a process: as ever without a filter, noted where it refuses.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>

#include "sandbox/refused_calls.h"
#include "sandbox/seccomp_filter.h"

namespace forkjail::zygote {
namespace {

// The exit code of a child in which `act` ran: 0 when it returned true.
int in_child(const std::function<bool()>& act) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(act() ? 0 : 1);
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int filtered(const std::function<bool()>& act) {
  return in_child([&] {
    const auto program = sandbox::compile_cell_filter();
    return program && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           sandbox::install_refused_call_handler() && sandbox::attach_filter(*program) && act();
  });
}

bool noted(std::initializer_list<std::uint32_t> numbers) {
  return std::ranges::equal(sandbox::refused_processes(), numbers) &&
         sandbox::refused_calls().empty();
}

int spawn_nothing() {
  pid_t child = 0;
  char name[] = "true";
  char* const arguments[] = {name, nullptr};
  char* const environment[] = {nullptr};
  const int error =
      ::posix_spawn(&child, "/usr/bin/true", nullptr, nullptr, arguments, environment);
  if (error == 0) ::waitpid(child, nullptr, 0);
  return error;
}

TEST(ProcessCalls, start_processes_where_no_filter_is) {
  EXPECT_EQ(in_child([] {
              const pid_t child = ::vfork();
              if (child == 0) ::_exit(7);
              int status = 0;
              return ::waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7 &&
                     spawn_nothing() == 0 && noted({});
            }),
            0);
}

TEST(ProcessCalls, are_noted_when_refused_even_with_signals_blocked) {
  EXPECT_EQ(filtered([] {
              sigset_t all;
              sigfillset(&all);
              ::sigprocmask(SIG_BLOCK, &all, nullptr);
              return ::fork() == -1 && errno == EPERM && ::vfork() == -1 && errno == EPERM &&
                     noted({SYS_fork});
            }),
            0);
  EXPECT_EQ(filtered([] { return spawn_nothing() == EPERM && noted({SYS_clone}); }), 0);
}

TEST(ProcessCalls, are_forgotten_with_the_other_record) {
  EXPECT_EQ(filtered([] {
              if (::fork() != -1 || !noted({SYS_fork})) return false;
              sandbox::reset_refused_calls();
              return noted({});
            }),
            0);
}

}  // namespace
}  // namespace forkjail::zygote
