// The server's own filter: its policy call by call in a user-space evaluator, and at work in the
// kernel, each case in a child of its own.
#include "server/confinement/server_syscalls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "seccomp/filter.h"
#include "unit/seccomp/bpf_evaluator.h"

namespace forkjail::server {
namespace {

constexpr int kSetupFailed = 99;
constexpr int kKilled = 128 + SIGSYS;

// `act` under the server's filter: 0 when it returned true, 128 + the signal that ended it.
int filtered(const std::function<bool()>& act) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !filter_own_calls()) {
      ::_exit(kSetupFailed);
    }
    ::syscall(SYS_exit_group, act() ? 0 : 1);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool refused(long result) { return result == -1 && errno == EPERM; }

std::uint32_t answer_to(long number, std::initializer_list<std::uint64_t> arguments) {
  static const auto program = seccomp::compile_filter(own_policy()).value();
  seccomp_data data{};
  data.nr = static_cast<int>(number);
  data.arch = AUDIT_ARCH_X86_64;
  std::copy(arguments.begin(), arguments.end(), data.args);
  return seccomp::evaluate(program.instructions, data);
}

TEST(OwnFilter, lets_the_server_read_and_write_what_it_has) {
  EXPECT_EQ(filtered([] { return ::write(STDERR_FILENO, "", 0) == 0; }), 0);
  EXPECT_EQ(filtered([] { return ::fcntl(STDERR_FILENO, F_GETFL) >= 0; }), 0);
}

TEST(OwnFilter, refuses_every_file) {
  EXPECT_EQ(filtered([] { return refused(::open("/etc/hostname", O_RDONLY)); }), 0);
  EXPECT_EQ(filtered([] { return refused(::open("/tmp/x", O_WRONLY | O_CREAT, 0600)); }), 0);
  EXPECT_EQ(filtered([] { return refused(::unlink("/tmp/x")); }), 0);
  EXPECT_EQ(filtered([] { return refused(::access("/etc/hostname", R_OK)); }), 0);
}

TEST(OwnFilter, refuses_signals_to_others) {
  EXPECT_EQ(filtered([] { return refused(::kill(1, 0)); }), 0);
}

TEST(OwnFilter, takes_no_second_filter_and_no_privilege) {
  EXPECT_EQ(filtered([] { return refused(::prctl(PR_GET_SECCOMP, 0, 0, 0, 0)); }), 0);
  EXPECT_EQ(filtered([] { return refused(::syscall(SYS_setuid, 0)); }), 0);
  EXPECT_EQ(filtered([] { return refused(::syscall(SYS_seccomp, 0, 0, 0)); }), 0);
}

TEST(OwnFilter, ends_the_process_that_starts_another) {
  char* const arguments[] = {nullptr};
  EXPECT_EQ(filtered([&] { return ::execv("/bin/true", arguments) == 0; }), kKilled);
  EXPECT_EQ(filtered([] { return ::fork() >= 0; }), kKilled);
  EXPECT_EQ(filtered([] { return ::syscall(SYS_clone3, nullptr, 0) >= 0; }), kKilled);
}

TEST(OwnFilter, ends_the_process_that_makes_a_socket) {
  EXPECT_EQ(filtered([] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }), kKilled);
}

TEST(OwnFilter, ends_the_process_that_traces_or_makes_code) {
  EXPECT_EQ(filtered([] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }), kKilled);
  EXPECT_EQ(filtered([] {
              return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
            }),
            kKilled);
}

TEST(OwnFilter, needs_no_new_privs_or_privilege) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65'534) != 0) ::_exit(kSetupFailed);
    ::_exit(filter_own_calls().ok() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(OwnPolicy, answers_each_row_as_it_says) {
  for (const seccomp::SyscallRow& row : own_policy().rows) {
    if (!row.any_of.empty()) continue;
    const std::uint32_t expected =
        row.answer == seccomp::Answer::allow ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS;
    EXPECT_EQ(answer_to(row.number, {}), expected) << row.name;
  }
}

TEST(OwnPolicy, judges_by_arguments) {
  constexpr std::uint32_t kNo = SECCOMP_RET_ERRNO | EPERM;
  EXPECT_EQ(answer_to(SYS_sendto, {3, 0, 0, 0, 0, 0}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(answer_to(SYS_sendto, {3, 0, 0, 0, 0x7fff'0000, 16}), kNo);
  EXPECT_EQ(answer_to(SYS_fcntl, {3, F_SETFL}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(answer_to(SYS_fcntl, {3, F_SETOWN}), kNo);
  EXPECT_EQ(answer_to(SYS_setsockopt, {3, SOL_SOCKET, SO_LINGER}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(answer_to(SYS_setsockopt, {3, SOL_SOCKET, SO_SNDBUF}), kNo);
  EXPECT_EQ(answer_to(SYS_ioctl, {3, TIOCOUTQ}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(answer_to(SYS_ioctl, {3, TIOCSTI}), kNo);
  EXPECT_EQ(answer_to(SYS_mprotect, {0, 0, PROT_READ | PROT_WRITE}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(answer_to(SYS_mprotect, {0, 0, PROT_READ | PROT_EXEC}), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(answer_to(SYS_tgkill, {1, 1, 9}), kNo);
}

TEST(OwnPolicy, allows_few_calls) { EXPECT_LE(seccomp::allowed_calls(own_policy().rows), 45U); }

}  // namespace
}  // namespace forkjail::server
