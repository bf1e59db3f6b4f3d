#include "sandbox/emulated_calls.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <string_view>

#include "sandbox/cell_arguments.h"

namespace forkjail::sandbox {
namespace {

using Arguments = CallArguments;

template <typename T>
T* pointer(std::int64_t argument) {
  return reinterpret_cast<T*>(argument);  // NOLINT(performance-no-int-to-ptr): a register
}

std::int64_t without_flags_of_the_disk(std::int64_t flags) {
  return flags & ~static_cast<std::int64_t>(arguments::kFlagsOfTheDisk);
}

// Converts a result of syscall(3) to the kernel's own convention.
std::int64_t as_result(long answer) { return answer < 0 ? -errno : answer; }

// Record locks in a process that is alone: always granted, never held by another. No other process
// can reach the scratch directory, and a real lock on an inode that all cells see (a device, a
// shared library) would be a message to another cell. Flags are set without those that would wait
// for a disk.
std::optional<std::int64_t> answer_fcntl(Arguments arguments) {
  switch (static_cast<int>(arguments[1])) {
    case F_SETLK:
    case F_SETLKW:
      return 0;
    case F_GETLK:
      pointer<struct flock>(arguments[2])->l_type = F_UNLCK;
      return 0;
    case F_SETFL:
      return as_result(
          ::syscall(SYS_fcntl, arguments[0], F_SETFL, without_flags_of_the_disk(arguments[2])));
    default:
      return std::nullopt;
  }
}

// Does not answer if another flag or mode was the reason for the refusal.
std::optional<std::int64_t> open_buffered(Arguments arguments) {
  const std::int64_t flags = without_flags_of_the_disk(arguments[2]);
  if (flags == arguments[2] || (arguments[3] & (S_ISUID | S_ISGID)) != 0) return std::nullopt;
  return as_result(::syscall(SYS_openat, arguments[0], arguments[1], flags, arguments[3]));
}

// Plain bytes to the peer. Descriptors and credentials (msg_control) stay refused.
std::optional<std::int64_t> send_plain_bytes(Arguments arguments) {
  const auto* message = pointer<const msghdr>(arguments[1]);
  constexpr std::int64_t kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
  if (message->msg_name != nullptr || message->msg_controllen != 0) return std::nullopt;
  if ((arguments[2] & ~kFlags) != 0) return std::nullopt;
  return as_result(::syscall(SYS_writev, arguments[0], message->msg_iov, message->msg_iovlen));
}

bool is_past(const timespec& deadline, clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec > deadline.tv_sec ||
         (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec);
}

// pthread_join(3): waits until the word changes, which the kernel does at the thread's end, by
// polling every millisecond. It sleeps on no futex that another cell could wake.
std::optional<std::int64_t> wait_for_change(Arguments arguments) {
  const auto operation = static_cast<std::uint32_t>(arguments[1]);
  if ((operation & ~std::uint32_t{FUTEX_CLOCK_REALTIME}) != FUTEX_WAIT_BITSET) return std::nullopt;
  const auto* word = pointer<const volatile std::uint32_t>(arguments[0]);
  const auto* deadline = pointer<const timespec>(arguments[3]);
  const bool real_time = (operation & FUTEX_CLOCK_REALTIME) != 0;
  const clockid_t clock = real_time ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  if (*word != static_cast<std::uint32_t>(arguments[2])) return -EAGAIN;
  while (*word == static_cast<std::uint32_t>(arguments[2])) {
    if (deadline != nullptr && is_past(*deadline, clock)) return -ETIMEDOUT;
    constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 1'000'000};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &kPause, nullptr);
  }
  return 0;
}

// Anonymous shared memory as private memory: a cell is a single process, and the run's memory limit
// counts only private memory. The caller's other arguments must be allowed for this too, since a
// refusal inside the handler would kill the process.
std::optional<std::int64_t> map_privately(Arguments arguments) {
  constexpr std::int64_t kKind = MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS;
  constexpr std::int64_t kFlags = sandbox::arguments::kPrivateMapFlags | MAP_SHARED | MAP_ANONYMOUS;
  const std::int64_t flags = arguments[3];
  if ((flags & kKind) != (MAP_SHARED | MAP_ANONYMOUS) || (flags & ~kFlags) != 0)
    return std::nullopt;
  if ((arguments[2] & ~std::int64_t{PROT_READ | PROT_WRITE}) != 0) return std::nullopt;
  const std::int64_t place =
      ::syscall(SYS_mmap, arguments[0], arguments[1], arguments[2],
                (flags & ~std::int64_t{MAP_SHARED}) | MAP_PRIVATE, arguments[4], arguments[5]);
  return place == -1 ? -errno : place;
}

// For a thread of the cell: all of them may run where the caller may. Sending signal 0 tells
// whether the thread is one of them.
std::optional<std::int64_t> answer_own_affinity(Arguments arguments) {
  if (::syscall(SYS_tgkill, ::getpid(), static_cast<int>(arguments[0]), 0) != 0)
    return std::nullopt;
  const std::int64_t bytes = ::syscall(SYS_sched_getaffinity, 0, arguments[1], arguments[2]);
  return bytes < 0 ? -errno : bytes;
}

// The name of a thread: nothing in a cell can read it, so it is not set.
std::optional<std::int64_t> accept_thread_name(Arguments arguments) {
  return static_cast<int>(arguments[0]) == PR_SET_NAME ? std::optional<std::int64_t>(0)
                                                       : std::nullopt;
}

// The calls of before openat(2): a library built against an old C library still makes them. The
// narrower call looks at the same path in the same way.
std::optional<std::int64_t> stat_path(Arguments arguments) {
  return as_result(::syscall(SYS_newfstatat, AT_FDCWD, arguments[0], arguments[1], 0));
}

std::optional<std::int64_t> stat_link(Arguments arguments) {
  return as_result(
      ::syscall(SYS_newfstatat, AT_FDCWD, arguments[0], arguments[1], AT_SYMLINK_NOFOLLOW));
}

std::optional<std::int64_t> duplicate(Arguments arguments) {
  return as_result(::syscall(SYS_fcntl, arguments[0], F_DUPFD, 0));
}

// Advice about how a file will be read is only a hint, and all cells share the pages of the guest's
// files: nothing is done. Dropping pages stays refused.
std::optional<std::int64_t> ignore_advice(Arguments arguments) {
  constexpr std::array kReadingAdvice{POSIX_FADV_NORMAL, POSIX_FADV_RANDOM, POSIX_FADV_SEQUENTIAL,
                                      POSIX_FADV_WILLNEED};
  if (std::ranges::count(kReadingAdvice, static_cast<int>(arguments[3])) == 0) return std::nullopt;
  return as_result(::syscall(SYS_fcntl, arguments[0], F_GETFD, 0)) < 0 ? -EBADF : 0;
}

struct EmulatedCall {
  std::uint32_t number;
  std::optional<std::int64_t> (*emulate)(Arguments);
  std::string_view why;
};
constexpr std::array kEmulatedCalls{
    EmulatedCall{SYS_fcntl, answer_fcntl, "sqlite, and dbm and shelve over it"},
    EmulatedCall{SYS_openat, open_buffered, "files that are to be written through"},
    EmulatedCall{SYS_futex, wait_for_change, "pthread_join, from C code that starts threads"},
    EmulatedCall{SYS_sendmsg, send_plain_bytes, "asyncio's writelines from Python 3.12 on"},
    EmulatedCall{SYS_mmap, map_privately, "mmap.mmap(-1, n), which asks for shared memory"},
    EmulatedCall{SYS_sched_getaffinity, answer_own_affinity, "pthread_getaffinity_np"},
    EmulatedCall{SYS_stat, stat_path, "stat of an old C library: Arrow, lxml"},
    EmulatedCall{SYS_lstat, stat_link, "lstat of an old C library"},
    EmulatedCall{SYS_dup, duplicate, "gzip streams in C: lxml"},
    EmulatedCall{SYS_fadvise64, ignore_advice, "Arrow, before it reads"},
    EmulatedCall{SYS_prctl, accept_thread_name, "libraries that name their threads: AVIF, Arrow"},
};

}  // namespace

std::optional<std::int64_t> emulate_call(std::uint32_t number, Arguments arguments) {
  for (const EmulatedCall& call : kEmulatedCalls) {
    if (call.number == number) return call.emulate(arguments);
  }
  return std::nullopt;
}

}  // namespace forkjail::sandbox
