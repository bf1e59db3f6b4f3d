// The policy of cells written a second time, by hand: what must hold whatever its rows say.
#include <asm/ioctls.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <ostream>

#include "sandbox/syscall_policy.h"
#include "unit/sandbox/filter_answers.h"

namespace forkjail::sandbox {
namespace {

using seccomp::kOwnPid;

struct Case {
  const char* what;
  long number;
  Arguments arguments;
  std::uint32_t answer;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.what; }

class CellFilterArguments : public testing::TestWithParam<Case> {};

TEST_P(CellFilterArguments, are_answered) {
  const Case& c = GetParam();
  EXPECT_EQ(answer_to(static_cast<std::uint32_t>(c.number), c.arguments), c.answer) << c.what;
}

constexpr std::uint64_t kNewUserNamespace = 0x1000'0000;
constexpr std::uint64_t kData = PROT_READ | PROT_WRITE;
constexpr std::uint64_t kAnonymous = MAP_PRIVATE | MAP_ANONYMOUS;
constexpr std::uint64_t kShared = MAP_SHARED | MAP_ANONYMOUS;

const Case kCases[] = {
    {"ioctl TCGETS", SYS_ioctl, {1, TCGETS}, kAllow},
    {"ioctl TIOCSTI", SYS_ioctl, {0, TIOCSTI}, kTrap},
    {"ioctl TIOCSTI with high bits", SYS_ioctl, {0, kHighBits | TIOCSTI}, kTrap},
    {"ioctl TIOCSTI + 2^32", SYS_ioctl, {0, (1ULL << 32) | TIOCSTI}, kTrap},
    {"ioctl TIOCLINUX", SYS_ioctl, {0, TIOCLINUX}, kTrap},
    {"ioctl TIOCSETD", SYS_ioctl, {0, TIOCSETD}, kTrap},
    {"fcntl F_SETLK", SYS_fcntl, {3, F_SETLK}, kTrap},
    {"fcntl F_GETLK", SYS_fcntl, {3, F_GETLK}, kTrap},
    {"fcntl F_OFD_SETLK", SYS_fcntl, {3, F_OFD_SETLK}, kTrap},
    {"fcntl F_OFD_GETLK", SYS_fcntl, {3, F_OFD_GETLK}, kTrap},
    {"fcntl F_SETOWN", SYS_fcntl, {3, F_SETOWN}, kTrap},
    {"fcntl F_SETSIG", SYS_fcntl, {3, F_SETSIG}, kTrap},
    {"fcntl F_SETPIPE_SZ", SYS_fcntl, {3, F_SETPIPE_SZ}, kTrap},
    {"fcntl F_SETPIPE_SZ with high bits", SYS_fcntl, {3, kHighBits | F_SETPIPE_SZ}, kTrap},
    {"fcntl F_SETLEASE", SYS_fcntl, {3, F_SETLEASE}, kTrap},
    {"fcntl F_NOTIFY", SYS_fcntl, {3, F_NOTIFY}, kTrap},
    {"mmap data", SYS_mmap, {0, 4096, kData, kAnonymous}, kAllow},
    {"mmap code of a file", SYS_mmap, {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE}, kAllow},
    {"mmap code without a file", SYS_mmap, {0, 4096, PROT_EXEC, kAnonymous}, kTrap},
    {"mmap writable code", SYS_mmap, {0, 4096, kData | PROT_EXEC, MAP_PRIVATE}, kTrap},
    {"mmap huge pages", SYS_mmap, {0, 4096, kData, kAnonymous | MAP_HUGETLB}, kTrap},
    {"mmap locked", SYS_mmap, {0, 4096, kData, kAnonymous | MAP_LOCKED}, kTrap},
    {"mprotect data", SYS_mprotect, {0, 4096, kData}, kAllow},
    {"mprotect to code", SYS_mprotect, {0, 4096, PROT_READ | PROT_EXEC}, kTrap},
    {"madvise MADV_DONTNEED", SYS_madvise, {0, 4096, MADV_DONTNEED}, kAllow},
    {"madvise MADV_NOHUGEPAGE", SYS_madvise, {0, 4096, MADV_NOHUGEPAGE}, kAllow},
    {"madvise MADV_MERGEABLE", SYS_madvise, {0, 4096, MADV_MERGEABLE}, kTrap},
    {"madvise MADV_HWPOISON", SYS_madvise, {0, 4096, MADV_HWPOISON}, kTrap},
    {"madvise MADV_PAGEOUT", SYS_madvise, {0, 4096, MADV_PAGEOUT}, kTrap},
    {"clone of pthread_create", SYS_clone, {0x3d0f00}, kAllow},
    {"clone of a thread in a namespace", SYS_clone, {0x3d0f00 | kNewUserNamespace}, kTrap},
    {"clone of fork", SYS_clone, {0x1200011}, kQuietly},
    {"clone of a process in a namespace", SYS_clone, {kNewUserNamespace | 17}, kQuietly},
    {"futex private wake", SYS_futex, {0, FUTEX_WAKE | FUTEX_PRIVATE_FLAG}, kAllow},
    {"futex shared wake", SYS_futex, {0, FUTEX_WAKE}, kTrap},
    {"futex shared wait", SYS_futex, {0, FUTEX_WAIT_BITSET}, kTrap},
    {"futex requeue with priorities", SYS_futex, {0, FUTEX_CMP_REQUEUE_PI}, kTrap},
    {"socketpair AF_UNIX", SYS_socketpair, {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC}, kAllow},
    {"socketpair AF_UNIX datagrams", SYS_socketpair, {AF_UNIX, SOCK_DGRAM}, kTrap},
    {"socketpair AF_INET", SYS_socketpair, {AF_INET, SOCK_STREAM}, kTrap},
    {"socket AF_INET", SYS_socket, {AF_INET, SOCK_STREAM}, kTrap},
    {"socket AF_ALG", SYS_socket, {AF_ALG, SOCK_SEQPACKET}, kTrap},
    {"socket AF_VSOCK", SYS_socket, {AF_VSOCK, SOCK_STREAM}, kTrap},
    {"socket AF_NETLINK", SYS_socket, {AF_NETLINK, SOCK_RAW}, kTrap},
    {"socket AF_UNIX", SYS_socket, {AF_UNIX, SOCK_STREAM}, kQuietly},
    {"sendto the peer", SYS_sendto, {3, 0, 1, MSG_NOSIGNAL, 0}, kAllow},
    {"sendto an address", SYS_sendto, {3, 0, 1, 0, 0x7fff'0000'1000}, kTrap},
    {"sendto an address whose low half is 0", SYS_sendto, {3, 0, 1, 0, 1ULL << 32}, kTrap},
    {"sendto out of band", SYS_sendto, {3, 0, 1, MSG_OOB, 0}, kTrap},
    {"mmap memory shared with nobody", SYS_mmap, {0, 4096, kData, kShared}, kTrap},
    {"mmap of both kinds", SYS_mmap, {0, 4096, kData, kShared | kAnonymous}, kTrap},
    {"mmap a file, shared", SYS_mmap, {0, 4096, kData, MAP_SHARED}, kAllow},
    {"sched_getaffinity of the thread", SYS_sched_getaffinity, {0}, kAllow},
    {"sched_getaffinity of the process", SYS_sched_getaffinity, {kOwnPid}, kAllow},
    {"sched_getaffinity of another", SYS_sched_getaffinity, {1}, kTrap},
    {"kill oneself", SYS_kill, {kOwnPid, 15}, kAllow},
    {"kill oneself for sure", SYS_kill, {kOwnPid, 9}, kPretended},
    {"kill oneself for sure, with high bits", SYS_kill, {kOwnPid, kHighBits | 9}, kPretended},
    {"kill nobody", SYS_kill, {kOwnPid, 0}, kAllow},
    {"kill everybody", SYS_kill, {static_cast<std::uint64_t>(-1), 9}, kTrap},
    {"kill one's group", SYS_kill, {0, 9}, kTrap},
    {"kill another", SYS_kill, {1, 9}, kTrap},
    {"tgkill another", SYS_tgkill, {1, 1, 9}, kTrap},
    {"tgkill oneself", SYS_tgkill, {kOwnPid, 1, 6}, kAllow},
    {"tgkill oneself for sure", SYS_tgkill, {kOwnPid, 1, 9}, kPretended},
    {"prlimit64 of oneself", SYS_prlimit64, {0, 7}, kAllow},
    {"prlimit64 of another", SYS_prlimit64, {1, 7}, kTrap},
    {"clock_gettime of the process", SYS_clock_gettime, {2}, kAllow},
    {"clock_gettime of another", SYS_clock_gettime, {static_cast<std::uint64_t>(~1 << 3)}, kTrap},
    {"chmod", SYS_chmod, {0, 0755}, kAllow},
    {"chmod u+s", SYS_chmod, {0, S_ISUID | 0755}, kTrap},
    {"openat", SYS_openat, {0, 0, O_CREAT, 0644}, kAllow},
    {"openat of a set-id file", SYS_openat, {0, 0, O_CREAT, S_ISGID | 0755}, kTrap},
    {"pipe2", SYS_pipe2, {0, O_CLOEXEC}, kAllow},
    {"pipe2 of notifications", SYS_pipe2, {0, O_EXCL}, kTrap},
};
INSTANTIATE_TEST_SUITE_P(, CellFilterArguments, testing::ValuesIn(kCases));

// A policy that names one of these is wrong, whatever its reason.
TEST(CellFilter, traps_the_calls_that_attacks_are_made_of) {
  constexpr std::array kNever{
      SYS_ptrace,
      SYS_process_vm_readv,
      SYS_process_vm_writev,
      SYS_unshare,
      SYS_setns,
      SYS_mount,
      SYS_umount2,
      SYS_pivot_root,
      SYS_chroot,
      SYS_keyctl,
      SYS_add_key,
      SYS_bpf,
      SYS_perf_event_open,
      SYS_io_uring_setup,
      SYS_userfaultfd,
      SYS_shmget,
      SYS_msgget,
      SYS_semget,
      SYS_mq_open,
      SYS_inotify_init1,
      SYS_fanotify_init,
      SYS_splice,
      SYS_tee,
      SYS_vmsplice,
      SYS_pidfd_open,
      SYS_pidfd_getfd,
      SYS_move_pages,
      SYS_setuid,
      SYS_setgroups,
      SYS_setresuid,
      SYS_personality,
      SYS_prctl,
      SYS_seccomp,
      SYS_modify_ldt,
      SYS_arch_prctl,
      SYS_mlock,
      SYS_mlockall,
      SYS_flock,
      SYS_bind,
      SYS_connect,
      SYS_sendmsg,
      SYS_recvmsg,
      SYS_execve,
      SYS_execveat,
      SYS_fork,
      SYS_mknod,
      SYS_mknodat,
      SYS_mincore,
      SYS_open_by_handle_at,
      SYS_kexec_load,
      SYS_init_module,
      SYS_reboot,
      SYS_setpriority,
      SYS_sched_setaffinity,
      SYS_rt_sigqueueinfo,
      SYS_setxattr,
      SYS_set_mempolicy,
      SYS_sched_setscheduler,
      SYS_tkill,
      SYS_open,
      SYS_creat,
      SYS_fadvise64,
  };
  for (const long number : kNever) {
    EXPECT_EQ(answer_to(static_cast<std::uint32_t>(number), Arguments{}), kTrap) << number;
  }
}

}  // namespace
}  // namespace forkjail::sandbox
