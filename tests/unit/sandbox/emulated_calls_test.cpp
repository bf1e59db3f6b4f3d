// What the handler of refused calls answers in the kernel's place.
#include "sandbox/emulated_calls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <thread>

#include "unit/sandbox/filtered_child.h"

namespace forkjail::sandbox {
namespace {

TEST(EmulatedCalls, report_that_no_lock_is_held) {
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

}  // namespace
}  // namespace forkjail::sandbox
