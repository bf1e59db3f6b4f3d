#include "sandbox/seccomp_filter.h"

#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "sandbox/refused_calls.h"
#include "sandbox/syscall_policy.h"

namespace forkjail::sandbox {
namespace {

// A call that does nothing even without a filter, and the filter's expected answer.
struct Probe {
  std::string_view name;
  long number;
  std::array<long, 3> arguments;
  int expected_errno;
  bool recorded;
  std::string_view why;
};
constexpr std::array kProbes{
    Probe{"prctl", SYS_prctl, {PR_GET_SECCOMP, 0, 0}, EPERM, true, "succeeds without a filter"},
    Probe{"socket", SYS_socket, {-1, -1, -1}, EPERM, true, "no network"},
    Probe{"unshare", SYS_unshare, {-1, 0, 0}, EPERM, true, "no namespaces"},
    Probe{"clone", SYS_clone, {CLONE_THREAD, 0, 0}, EPERM, true, "argument rules hold: EINVAL"},
    Probe{"ioctl", SYS_ioctl, {-1, TIOCSTI, 0}, EPERM, true, "argument rules hold: else EBADF"},
    Probe{"clone3", SYS_clone3, {0, 0, 0}, ENOSYS, false, "glibc falls back on nothing else"},
};
static_assert(kProbes.size() <= kRefusedCallsMax);

bool was_recorded(long number) {
  const auto calls = refused_calls();
  return std::find(calls.begin(), calls.end(), static_cast<std::uint32_t>(number)) != calls.end();
}

bool answered_as_expected(const Probe& probe) {
  const auto [a, b, c] = probe.arguments;
  const long result = ::syscall(probe.number, a, b, c);
  return result == -1 && errno == probe.expected_errno &&
         was_recorded(probe.number) == probe.recorded;
}

}  // namespace

Result<FilterProgram> compile_cell_filter(const seccomp::Policy& policy) {
  Result<FilterProgram> program = seccomp::compile_filter(policy);
  if (program && program->own_pid_at.empty()) {
    return Error{"compile filter", 0, "no place for the cell's pid"};
  }
  return program;
}

Result<SessionFilters> compile_session_filters() {
  auto states = seccomp::compile_filter(state_policy());
  if (!states) return states.error();
  // One program serves processes with different pids.
  if (!states->own_pid_at.empty()) return Error{"compile filter", 0, "a place for the cell's pid"};
  auto keeper = seccomp::compile_filter(keeper_policy());
  if (!keeper) return keeper.error();
  return SessionFilters{*std::move(states), *std::move(keeper)};
}

Status verify_keeper_decides() {
  const long child = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) ::_exit(1);
  if (child > 0 || errno != EPERM) return errno_error("verify filter", "the keeper and clone");
  // Signal 0 would do nothing to process 1.
  if (::syscall(SYS_kill, 1, 0) == 0 || errno != EPERM) {
    return errno_error("verify filter", "the keeper and kill");
  }
  return ok_status();
}

Status verify_filter() {
  reset_refused_calls();
  for (const Probe& probe : kProbes) {
    if (!answered_as_expected(probe)) return errno_error("verify filter", probe.name);
  }
  reset_refused_calls();
  return ok_status();
}

}  // namespace forkjail::sandbox
