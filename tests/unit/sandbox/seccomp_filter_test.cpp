// The filter at work in the kernel: each case in a child of its own, since a filter never comes
// off.
#include "sandbox/seccomp_filter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <thread>

#include "unit/sandbox/filtered_child.h"

namespace forkjail::sandbox {
namespace {

TEST(AttachFilter, verifies_and_leaves_an_empty_record) {
  EXPECT_EQ(filtered([] { return verify_filter().ok() && refused_calls().empty(); }), 0);
}

TEST(AttachFilter, needs_no_new_privs_or_privilege) {
  EXPECT_EQ(in_child([] {
              const auto program = compile_cell_filter();
              if (!program || (::getuid() == 0 && ::setuid(65534) != 0)) return kSetupFailed;
              const Status status = attach_filter(*program);
              return !status && status.error().sys_errno == EACCES ? 0 : 1;
            }),
            0);
}

TEST(VerifyFilter, fails_without_a_filter) {
  EXPECT_EQ(in_child([] {
              if (!install_refused_call_handler()) return kSetupFailed;
              const Status status = verify_filter();
              return !status && status.error().detail == "prctl" ? 0 : 1;
            }),
            0);
}

TEST(RefusedCalls, return_eperm_and_are_recorded_once_each_in_order) {
  EXPECT_EQ(filtered([] {
              for (int i = 0; i < 3; ++i) {
                if (::syscall(SYS_ptrace, -1, 0, 0, 0) != -1 || errno != EPERM) return false;
                if (::socket(AF_INET, SOCK_STREAM, 0) != -1 || errno != EPERM) return false;
              }
              return recorded({SYS_ptrace, SYS_socket});
            }),
            0);
}

TEST(RefusedCalls, keep_the_first_sixteen_and_can_be_reset) {
  EXPECT_EQ(filtered([] {
              for (long number = SYS_add_key; number < SYS_add_key + 40; ++number) {
                ::syscall(number, -1, -1, -1);
              }
              if (refused_calls().size() != kRefusedCallsMax) return false;
              reset_refused_calls();
              ::syscall(SYS_keyctl, -1);
              return recorded({SYS_keyctl});
            }),
            0);
}

// Not the whole record: a sanitizer's thread makes refused calls of its own.
TEST(RefusedCalls, are_recorded_from_another_thread) {
  EXPECT_EQ(filtered([] {
              std::thread([] { ::syscall(SYS_bpf, -1, 0, 0); }).join();
              const auto calls = refused_calls();
              return std::find(calls.begin(), calls.end(), SYS_bpf) != calls.end();
            }),
            0);
}

TEST(RefusedCalls, ignore_a_sigsys_that_no_filter_sent) {
  EXPECT_EQ(filtered([] { return ::raise(SIGSYS) == 0 && refused_calls().empty(); }), 0);
}

TEST(RefusedCalls, kill_where_sigsys_is_blocked_or_ignored) {
  EXPECT_EQ(filtered([] {
              sigset_t all;
              sigfillset(&all);
              ::sigprocmask(SIG_BLOCK, &all, nullptr);
              ::syscall(SYS_ptrace, -1, 0, 0, 0);
              return true;
            }),
            128 + SIGSYS);
  EXPECT_EQ(filtered([] {
              ::signal(SIGSYS, SIG_IGN);
              ::syscall(SYS_ptrace, -1, 0, 0, 0);
              return true;
            }),
            128 + SIGSYS);
}

TEST(SeccompFilter, refuses_processes_without_a_record_even_with_signals_blocked) {
  EXPECT_EQ(filtered([] {
              sigset_t all;
              sigfillset(&all);
              ::sigprocmask(SIG_BLOCK, &all, nullptr);
              return ::fork() == -1 && errno == EPERM && refused_calls().empty();
            }),
            0);
}

TEST(SeccompFilter, records_fork_and_execve) {
  EXPECT_EQ(filtered([] {
              char* const nothing[] = {nullptr};
              if (::syscall(SYS_fork) != -1 || errno != EPERM) return false;
              if (::execve("/bin/true", nothing, nothing) != -1 || errno != EPERM) return false;
              return recorded({SYS_fork, SYS_execve});
            }),
            0);
}

TEST(RefusedProcesses, are_a_record_of_their_own) {
  EXPECT_EQ(in_child([] {
              note_refused_process(SYS_clone);
              note_refused_process(SYS_fork);
              note_refused_process(SYS_clone);
              const bool both = std::ranges::equal(
                  refused_processes(), std::array<std::uint32_t, 2>{SYS_clone, SYS_fork});
              const bool alone = refused_calls().empty();
              reset_refused_calls();
              return both && alone && refused_processes().empty() ? 0 : 1;
            }),
            0);
}

TEST(SeccompFilter, lets_threads_start_and_end) {
  EXPECT_EQ(filtered([] {
              int sum = 0;
              for (int i = 0; i < 4; ++i) std::thread([&] { sum += 1; }).join();
              return sum == 4;
            }),
            0);
}

TEST(SeccompFilter, answers_enosys_to_clone3) {
  EXPECT_EQ(filtered([] {
              return ::syscall(SYS_clone3, nullptr, 0) == -1 && errno == ENOSYS &&
                     refused_calls().empty();
            }),
            0);
}

TEST(SeccompFilter, lets_a_cell_signal_itself_and_no_other) {
  EXPECT_EQ(filtered([] {
              if (::kill(::getpid(), 0) != 0) return false;
              if (::kill(::getppid(), 0) != -1 || errno != EPERM) return false;
              return ::kill(-1, 0) == -1 && errno == EPERM;
            }),
            0);
}

TEST(SeccompFilter, refuses_an_ioctl_whose_high_bits_hide_it) {
  EXPECT_EQ(filtered([] {
              const long hidden = (1L << 32) | TIOCSTI;
              return ::syscall(SYS_ioctl, 0, hidden, "x") == -1 && errno == EPERM &&
                     recorded({SYS_ioctl});
            }),
            0);
}

// ENOSYS through the i386 gate would mean a kernel without it, a kill that the filter is in force.
TEST(SeccompFilter, kills_int_0x80) {
  EXPECT_EQ(filtered([] {
              long result = 20;  // getpid of i386
              __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
              return true;
            }),
            128 + SIGSYS);
}

TEST(SeccompFilter, kills_x32_numbers) {
  EXPECT_EQ(filtered([] {
              ::syscall(0x4000'0000 | SYS_getpid);
              return true;
            }),
            128 + SIGSYS);
}

}  // namespace
}  // namespace forkjail::sandbox
