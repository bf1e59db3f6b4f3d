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

#include "sandbox/refused_calls.h"

namespace forkjail::sandbox {
namespace {

constexpr int kSetupFailed = 99;

// The child's exit code, or 128 + the signal that ended it.
int in_child(const std::function<int()>& act) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(act());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool enter_filter() {
  const Result<FilterProgram> program = compile_cell_filter();
  return program && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         install_refused_call_handler() && attach_filter(*program);
}

// `act` under the filter: 0 when it returned true.
int filtered(const std::function<bool()>& act) {
  return in_child([&] { return enter_filter() ? (act() ? 0 : 1) : kSetupFailed; });
}

bool recorded(std::initializer_list<long> numbers) {
  const auto calls = refused_calls();
  return std::equal(calls.begin(), calls.end(), numbers.begin(), numbers.end(),
                    [](std::uint32_t a, long b) { return a == static_cast<std::uint32_t>(b); });
}

bool was_refused(std::uint32_t number) {
  const auto calls = refused_calls();
  return std::ranges::find(calls, number) != calls.end();
}

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

TEST(EmulatedCalls, say_that_nobody_holds_a_lock) {
  EXPECT_EQ(filtered([] {
              struct flock lock{};
              lock.l_type = F_WRLCK;
              return ::fcntl(0, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK &&
                     refused_calls().empty();
            }),
            0);
}

// Sends "ab" from two buffers with `controllen` bytes of control data; what sendmsg(2) returned.
ssize_t send_two_buffers(int socket, std::size_t controllen) {
  char a = 'a', b = 'b';
  iovec parts[] = {{&a, 1}, {&b, 1}};
  char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  message.msg_control = control;
  message.msg_controllen = controllen;
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

TEST(EmulatedCalls, send_plain_bytes_but_no_descriptors) {
  EXPECT_EQ(filtered([] {
              int pair[2];
              char received[4] = {};
              if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return false;
              if (send_two_buffers(pair[0], 0) != 2 || !refused_calls().empty()) return false;
              if (::read(pair[1], received, sizeof received) != 2) return false;
              if (send_two_buffers(pair[0], CMSG_LEN(sizeof(int))) != -1) return false;
              return errno == EPERM && recorded({SYS_sendmsg});
            }),
            0);
}

TEST(EmulatedCalls, map_shared_memory_privately) {
  EXPECT_EQ(filtered([] {
              constexpr std::size_t kSize = 8192;
              auto* const place = static_cast<char*>(::mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                                                            MAP_SHARED | MAP_ANONYMOUS, -1, 0));
              if (place == MAP_FAILED || !refused_calls().empty()) return false;
              place[0] = 1;  // private memory is empty once it was given back, shared memory is not
              return ::madvise(place, kSize, MADV_DONTNEED) == 0 && place[0] == 0;
            }),
            0);
}

TEST(EmulatedCalls, map_nothing_with_what_is_refused_otherwise) {
  for (const int flags : {MAP_LOCKED, MAP_POPULATE, MAP_HUGETLB, MAP_PRIVATE}) {
    EXPECT_EQ(filtered([flags] {
                return ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | flags, -1,
                              0) == MAP_FAILED &&
                       errno == EPERM && recorded({SYS_mmap});
              }),
              0)
        << flags;
  }
  EXPECT_EQ(filtered([] {
              return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1,
                            0) == MAP_FAILED &&
                     errno == EPERM && recorded({SYS_mmap});
            }),
            0);
}

// The affinity of thread `tid`; 0 when it was refused.
std::size_t affinity_bytes(pid_t tid) {
  std::array<unsigned long, 16> mask{};
  const long bytes = ::syscall(SYS_sched_getaffinity, tid, sizeof mask, mask.data());
  return bytes > 0 && mask != decltype(mask){} ? static_cast<std::size_t>(bytes) : 0;
}

TEST(EmulatedCalls, tell_the_affinity_of_own_threads_and_of_no_other) {
  EXPECT_EQ(filtered([] {
              std::size_t of_thread = 0;
              std::thread([&] { of_thread = affinity_bytes(::gettid()); }).join();
              if (affinity_bytes(0) == 0 || affinity_bytes(::getpid()) == 0 || of_thread == 0) {
                return false;
              }
              if (was_refused(SYS_sched_getaffinity)) return false;
              return affinity_bytes(::getppid()) == 0 && errno == EPERM;
            }),
            0);
}

TEST(EmulatedCalls, accept_the_name_of_a_thread_and_no_other_setting_of_the_process) {
  EXPECT_EQ(filtered([] {
              if (::prctl(PR_SET_NAME, "zygote", 0, 0, 0) != 0) return false;
              if (was_refused(SYS_prctl)) return false;
              return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1 && errno == EPERM &&
                     was_refused(SYS_prctl);
            }),
            0);
}

TEST(EmulatedCalls, look_at_paths_as_an_old_c_library_does) {
  EXPECT_EQ(filtered([] {
              struct stat seen{};
              if (::syscall(SYS_stat, "/", &seen) != 0 || !S_ISDIR(seen.st_mode)) return false;
              if (::syscall(SYS_lstat, "/dev/stdin", &seen) != 0 || !S_ISLNK(seen.st_mode))
                return false;
              if (::syscall(SYS_stat, "/no/such/path", &seen) != -1 || errno != ENOENT)
                return false;
              return refused_calls().empty();
            }),
            0);
}

TEST(EmulatedCalls, duplicate_a_descriptor) {
  EXPECT_EQ(filtered([] {
              const long copy = ::syscall(SYS_dup, STDERR_FILENO);
              if (copy <= STDERR_FILENO || ::close(static_cast<int>(copy)) != 0) return false;
              return ::syscall(SYS_dup, 9'999) == -1 && errno == EBADF && refused_calls().empty();
            }),
            0);
}

TEST(EmulatedCalls, ignore_advice_to_read_and_refuse_advice_to_drop) {
  EXPECT_EQ(filtered([] {
              if (::posix_fadvise(STDERR_FILENO, 0, 0, POSIX_FADV_WILLNEED) != 0) return false;
              if (::posix_fadvise(9'999, 0, 0, POSIX_FADV_WILLNEED) != EBADF) return false;
              if (was_refused(SYS_fadvise64)) return false;
              return ::posix_fadvise(STDERR_FILENO, 0, 0, POSIX_FADV_DONTNEED) == EPERM &&
                     was_refused(SYS_fadvise64);
            }),
            0);
}

TEST(EmulatedCalls, return_the_errno_of_the_narrower_call) {
  EXPECT_EQ(filtered([] { return send_two_buffers(-1, 0) == -1 && errno == EBADF; }), 0);
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

TEST(SeccompFilter, records_what_nobody_asks_for_by_the_way) {
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
