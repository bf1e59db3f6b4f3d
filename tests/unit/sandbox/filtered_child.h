// Runs a piece of a test under the filter of a cell: in a child, since a filter never comes off.
#pragma once

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <initializer_list>

#include "sandbox/refused_calls.h"
#include "sandbox/seccomp_filter.h"

namespace forkjail::sandbox {

inline constexpr int kSetupFailed = 99;

// The child's exit code, or 128 + the signal that ended it.
inline int in_child(const std::function<int()>& act) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(act());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

inline bool enter_filter() {
  const Result<FilterProgram> program = compile_cell_filter();
  return program && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         install_refused_call_handler() && attach_filter(*program);
}

// `act` under the filter: 0 when it returned true.
inline int filtered(const std::function<bool()>& act) {
  return in_child([&] { return enter_filter() ? (act() ? 0 : 1) : kSetupFailed; });
}

inline bool recorded(std::initializer_list<long> numbers) {
  const auto calls = refused_calls();
  return std::equal(calls.begin(), calls.end(), numbers.begin(), numbers.end(),
                    [](std::uint32_t a, long b) { return a == static_cast<std::uint32_t>(b); });
}

inline bool was_refused(std::uint32_t number) {
  const auto calls = refused_calls();
  return std::ranges::find(calls, number) != calls.end();
}

}  // namespace forkjail::sandbox
