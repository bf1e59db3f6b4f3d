// The arguments with which a cell may make calls that are only sometimes harmless: the second layer
// of the policy (syscall_policy.h), one named rule set per call. A set is a list of conditions, of
// which one must hold.
//
// Pure data. Each set says what it keeps out; why a call is allowed at all is in its row.
#pragma once

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <csignal>

#include "seccomp/argument_rules.h"

namespace forkjail::sandbox::arguments {

using seccomp::has_all_of;
using seccomp::has_none_of;
using seccomp::has_only;
using seccomp::is;
using seccomp::kInt;
using seccomp::kOwnPid;
using seccomp::when;

// Descriptors and files.

// No set-user-id or set-group-id bit, at birth or later.
inline constexpr std::array kOpenWithoutSetId{when({has_none_of(3, S_ISUID | S_ISGID)})};
inline constexpr std::array kChmodWithoutSetId{when({has_none_of(1, S_ISUID | S_ISGID)})};

// If files are on a disk: no flag that makes a write wait for the disk, and other runs with it. The
// handler removes such flags silently (emulated_calls.h).
inline constexpr std::uint64_t kFlagsOfTheDisk = O_SYNC | O_DSYNC | O_DIRECT;
inline constexpr std::array kOpenBuffered{
    when({has_none_of(2, kFlagsOfTheDisk), has_none_of(3, S_ISUID | S_ISGID)})};

// Descriptor flags only. No locks: all cells share the inodes of the runtime and of the devices, so
// a lock on one is a signal to other cells. F_SETLK and F_GETLK are answered without the kernel
// (emulated_calls.h); F_OFD_* and F_SETLEASE are refused for the same reason. Not F_NOTIFY,
// F_SETOWN and F_SETSIG (signals to others); not F_SETPIPE_SZ (kernel memory).
inline constexpr std::array kFcntl{
    when({is(1, F_GETFL)}), when({is(1, F_SETFL)}), when({is(1, F_GETFD)}),
    when({is(1, F_SETFD)}), when({is(1, F_DUPFD)}), when({is(1, F_DUPFD_CLOEXEC)}),
};
// The same if files are on a disk.
inline constexpr std::array kFcntlBuffered{
    when({is(1, F_GETFL)}), when({is(1, F_SETFL), has_none_of(2, kFlagsOfTheDisk)}),
    when({is(1, F_GETFD)}), when({is(1, F_SETFD)}),
    when({is(1, F_DUPFD)}), when({is(1, F_DUPFD_CLOEXEC)}),
};

// Queries about a descriptor and its two flags. Not TIOCSTI, TIOCLINUX or any driver's command.
inline constexpr std::array kIoctl{
    when({is(1, TCGETS)}),  when({is(1, TIOCGWINSZ)}), when({is(1, FIONREAD)}),
    when({is(1, FIONBIO)}), when({is(1, FIOCLEX)}),    when({is(1, FIONCLEX)}),
};

// Of the keeper: receives and answers the calls that the filter of its states hands over.
inline constexpr std::array kListenerCommands{
    when({is(1, SECCOMP_IOCTL_NOTIF_RECV)}),
    when({is(1, SECCOMP_IOCTL_NOTIF_SEND)}),
    when({is(1, SECCOMP_IOCTL_NOTIF_ADDFD)}),
};

// Not O_DIRECT (packets) nor O_EXCL, which here is O_NOTIFICATION_PIPE.
inline constexpr std::array kPlainPipe{when({has_only(1, O_CLOEXEC | O_NONBLOCK)})};

// A connected pair within the process, the only kind of socket: AF_UNIX streams, as asyncio uses
// them.
inline constexpr std::array kUnixStreamPair{
    when({is(0, AF_UNIX), {1, kInt & ~std::uint64_t{SOCK_CLOEXEC | SOCK_NONBLOCK}, SOCK_STREAM}})};
// A single socket, to a name in the file system.
inline constexpr std::array kUnixSocket{when({is(0, AF_UNIX)})};
// No destination: only to the peer. No out-of-band byte, no zero-copy.
inline constexpr std::array kSendToPeer{
    when({has_only(3, MSG_NOSIGNAL | MSG_DONTWAIT), {4, ~std::uint64_t{0}, 0}})};
inline constexpr std::array kReceiveFromPeer{
    when({has_only(3, MSG_DONTWAIT | MSG_PEEK | MSG_WAITALL), {4, ~std::uint64_t{0}, 0}})};

// Memory.

inline constexpr std::uint64_t kPrivateMapFlags =
    MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE | MAP_STACK | MAP_DENYWRITE;
inline constexpr std::uint64_t kFileMapFlags = kPrivateMapFlags | MAP_SHARED;
// Data, or code from a file: never writable code, never anonymous code. Not MAP_HUGETLB,
// MAP_LOCKED, MAP_POPULATE, MAP_GROWSDOWN, MAP_32BIT. Anonymous memory must be private: no rlimit
// counts shared memory, and once its pages are given back (MADV_DONTNEED) it still exists but is
// not resident, so that only a memory cgroup would see it. Shared memory is emulated
// (emulated_calls.h).
inline constexpr std::array kMap{
    when({has_only(2, PROT_READ | PROT_WRITE), has_only(3, kPrivateMapFlags | MAP_ANONYMOUS)}),
    when({has_only(2, PROT_READ | PROT_WRITE), has_only(3, kFileMapFlags)}),
    when({has_only(2, PROT_READ | PROT_EXEC), has_only(3, kFileMapFlags)}),
};
// Data never becomes code.
inline constexpr std::array kProtectData{when({has_only(2, PROT_READ | PROT_WRITE)})};
inline constexpr std::array kRemap{when({has_only(3, MREMAP_MAYMOVE)})};
// Hints about the process's own memory. Not MADV_MERGEABLE (shows whether another process has the
// same page), MADV_REMOVE, MADV_HWPOISON, MADV_PAGEOUT, MADV_POPULATE_*.
inline constexpr std::array kAdvice{
    when({has_only(2, 3)}),  // MADV_NORMAL, RANDOM, SEQUENTIAL, WILLNEED
    when({is(2, MADV_DONTNEED)}), when({is(2, MADV_FREE)}),
    when({{2, kInt & ~std::uint64_t{1}, MADV_HUGEPAGE}}),  // and MADV_NOHUGEPAGE
};

// Threads, time and signals.

// The flags of pthread_create(3) and no others: a thread, never a process or a namespace.
inline constexpr std::uint64_t kThreadFlags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                                              CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                                              CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
static_assert(kThreadFlags == 0x3d0f00);
inline constexpr std::array kThread{when({{0, ~std::uint64_t{0}, kThreadFlags}})};
// What fork(3), vfork and posix_spawn(3) request: disjoint from the above. Anything else (another
// kind of thread, a namespace) is recorded.
inline constexpr std::array kProcess{when({has_none_of(0, CLONE_THREAD)})};

// The operations of glibc's locks, on the process's own memory: private futexes only. A shared
// futex is identified by inode and offset, so in a page of a library, which all cells map, a wait
// sees what happens in another cell (a thread's end wakes it, too). pthread_join(3) waits like
// this, so it is emulated (emulated_calls.h). No priority inheritance, no requeueing.
inline constexpr std::uint64_t kFutexOperation = kInt & ~std::uint64_t{FUTEX_CLOCK_REALTIME};
inline constexpr std::array kFutex{
    when({{1, kFutexOperation, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG}}),
    when({{1, kFutexOperation, FUTEX_WAKE | FUTEX_PRIVATE_FLAG}}),
    when({{1, kFutexOperation, FUTEX_WAIT | FUTEX_PRIVATE_FLAG}}),
};

// A negative clock id belongs to another process or a device: clock_getcpuclockid(3).
inline constexpr std::array kOwnClock{when({has_none_of(0, 0x8000'0000)})};

// For the calling thread and the first one. Without a pid namespace any other number may be a
// process or thread of the host. Other threads of the cell are emulated (emulated_calls.h).
inline constexpr std::array kOwnAffinity{when({is(0, 0)}), when({is(0, kOwnPid)})};
// The same where each process of the cell has a pid of its own, and one filter serves them all.
inline constexpr std::array kCallersAffinity{when({is(0, 0)})};

// Signals to the process itself only. At the full level the pid namespace enforces this too;
// without one only this rule keeps a cell from signalling another process of its uid. Any signal
// but SIGKILL: process 1 of a namespace ignores its own SIGKILL, and without a namespace a death by
// SIGKILL must mean that something else killed the cell. A number differs from SIGKILL when one of
// its bits differs.
static_assert(SIGKILL == 0b1001);
template <unsigned signal_argument>
inline constexpr std::array kToSelf{
    when({is(0, kOwnPid), has_none_of(signal_argument, 1)}),
    when({is(0, kOwnPid), has_all_of(signal_argument, 2)}),
    when({is(0, kOwnPid), has_all_of(signal_argument, 4)}),
    when({is(0, kOwnPid), has_none_of(signal_argument, 8)}),
    when({is(0, kOwnPid), has_all_of(signal_argument, 16)}),
    when({is(0, kOwnPid), has_all_of(signal_argument, 32)}),
    when({is(0, kOwnPid), has_all_of(signal_argument, 64)}),
};
template <unsigned signal_argument>
inline constexpr std::array kKillSelf{when({is(0, kOwnPid), is(signal_argument, SIGKILL)})};

// The process's own limits, which without privilege can only be lowered.
inline constexpr std::array kOwnLimits{when({is(0, 0)})};

}  // namespace forkjail::sandbox::arguments
