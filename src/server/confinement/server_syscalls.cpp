#include "server/confinement/server_syscalls.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "seccomp/filter.h"

namespace forkjail::server {
namespace {

using seccomp::allow;
using seccomp::Answer;
using seccomp::has_none_of;
using seccomp::is;
using seccomp::kOwnPid;
using seccomp::refuse;
using seccomp::when;

// Argument rules.

constexpr std::array kDescriptorFlags{when({is(1, F_GETFL)}), when({is(1, F_SETFL)}),
                                      when({is(1, F_GETFD)}), when({is(1, F_SETFD)})};
constexpr std::array kConnectionControls{when({is(1, FIONBIO)}), when({is(1, FIONREAD)}),
                                         when({is(1, TIOCOUTQ)})};
constexpr std::array kQuestionsOfTcp{when({is(1, IPPROTO_TCP), is(2, TCP_INFO)}),
                                     when({is(1, SOL_SOCKET), is(2, SO_ERROR)})};
constexpr std::array kOptions{when({is(1, IPPROTO_TCP), is(2, TCP_NODELAY)}),
                              when({is(1, SOL_SOCKET), is(2, SO_LINGER)})};
// To the peer of a connected socket, never to an address of the sender's choice.
constexpr std::array kToPeer{when({{4, ~std::uint64_t{0}, 0}})};
// Data, never code.
constexpr std::array kMapData{when({has_none_of(2, PROT_EXEC)})};
constexpr std::array kProtectData{when({has_none_of(2, PROT_EXEC)})};
constexpr std::array kMapCode{when({{2, PROT_EXEC, PROT_EXEC}})};
constexpr std::array kLocks{
    when({{1, seccomp::kInt & ~std::uint64_t{FUTEX_CLOCK_REALTIME | FUTEX_PRIVATE_FLAG},
           FUTEX_WAIT}}),
    when({{1, seccomp::kInt & ~std::uint64_t{FUTEX_CLOCK_REALTIME | FUTEX_PRIVATE_FLAG},
           FUTEX_WAKE}}),
    when({{1, seccomp::kInt & ~std::uint64_t{FUTEX_CLOCK_REALTIME | FUTEX_PRIVATE_FLAG},
           FUTEX_WAIT_BITSET}}),
};
constexpr std::array kToSelf{when({is(0, kOwnPid)})};

// What it may do.

constexpr std::array kLoopCalls{
    allow(FORKJAIL_CALL(epoll_wait), "the loop"),
    allow(FORKJAIL_CALL(epoll_pwait), "the loop of another C library"),
    allow(FORKJAIL_CALL(epoll_ctl), "connections and pipes come and go"),
    allow(FORKJAIL_CALL(timerfd_settime), "the loop's next deadline"),
    allow(FORKJAIL_CALL(poll), "Asio, where it waits in a synchronous call; room for the log"),
    allow(FORKJAIL_CALL(clock_gettime), "a run's CPU clock; the clocks where the vDSO has none"),
    allow(FORKJAIL_CALL(clock_nanosleep), "waiting for the supervisor's exit at the end"),
    allow(FORKJAIL_CALL(restart_syscall), "the kernel's own, when a wait goes on after a stop"),
};

constexpr std::array kPipeAndSocketCalls{
    allow(FORKJAIL_CALL(accept), "clients; the one listening socket is there"),
    allow(FORKJAIL_CALL(accept4), "likewise, of another Asio"),
    allow(FORKJAIL_CALL(read), "pipes of cells, the loop's own descriptors"),
    allow(FORKJAIL_CALL(readv), "Asio reads from connections"),
    allow(FORKJAIL_CALL(recvfrom), "Asio reads, and a peek whether the client is still there"),
    allow(FORKJAIL_CALL(recvmsg), "Asio reads; the supervisor's messages with their descriptors"),
    allow(FORKJAIL_CALL(write), "the log; the loop's own descriptors"),
    allow(FORKJAIL_CALL(writev), "a request into a cell's pipe"),
    allow(FORKJAIL_CALL(sendto), kToPeer, "Asio writes to connections; the log, if it is a socket"),
    allow(FORKJAIL_CALL(sendmsg), "Asio writes to connections; orders to the supervisor"),
    allow(FORKJAIL_CALL(shutdown), "half-closes the connection of a refused request"),
    allow(FORKJAIL_CALL(close), "connections, pipes"),
    allow(FORKJAIL_CALL(fcntl), kDescriptorFlags, "pipes of a new cell become non-blocking"),
    allow(FORKJAIL_CALL(ioctl), kConnectionControls,
          "a new connection becomes non-blocking; what a client has not read"),
    allow(FORKJAIL_CALL(getsockopt), kQuestionsOfTcp, "whether the client is still there"),
    allow(FORKJAIL_CALL(setsockopt), kOptions,
          "answers leave at once; those that are not read are dropped"),
};

constexpr std::array kMemoryCalls{
    allow(FORKJAIL_CALL(mmap), kMapData, "malloc"),
    allow(FORKJAIL_CALL(munmap), "malloc"),
    allow(FORKJAIL_CALL(mremap), "malloc"),
    allow(FORKJAIL_CALL(mprotect), kProtectData, "malloc"),
    allow(FORKJAIL_CALL(madvise), "malloc"),
    allow(FORKJAIL_CALL(brk), "malloc"),
    allow(FORKJAIL_CALL(futex), kLocks, "locks of the log and of C++ statics"),
    allow(FORKJAIL_CALL(getrandom), "hash seeds of libraries"),
};

constexpr std::array kEndCalls{
    allow(FORKJAIL_CALL(rt_sigreturn), "SIGTERM was caught"),
    allow(FORKJAIL_CALL(rt_sigprocmask), "abort; Asio around its signal set"),
    allow(FORKJAIL_CALL(rt_sigaction), "Asio gives SIGTERM and SIGINT back at the end"),
    allow(FORKJAIL_CALL(tgkill), kToSelf, "abort, when an invariant is broken"),
    allow(FORKJAIL_CALL(getpid), "abort"),
    allow(FORKJAIL_CALL(gettid), "abort; the log"),
    allow(FORKJAIL_CALL(wait4), "the supervisor is reaped"),
    allow(FORKJAIL_CALL(exit_group), "the end"),
    allow(FORKJAIL_CALL(exit), "the end"),
};

// What only an intruder does in this process.

constexpr std::array kIntrudersCalls{
    refuse(FORKJAIL_CALL(execve), Answer::kill, "another program"),
    refuse(FORKJAIL_CALL(execveat), Answer::kill, "another program"),
    refuse(FORKJAIL_CALL(fork), Answer::kill, "another process"),
    refuse(FORKJAIL_CALL(vfork), Answer::kill, "another process"),
    refuse(FORKJAIL_CALL(clone), Answer::kill, "another process or thread"),
    refuse(FORKJAIL_CALL(clone3), Answer::kill, "another process or thread"),
    refuse(FORKJAIL_CALL(mmap), kMapCode, Answer::kill, "code that was not there at the start"),
    refuse(FORKJAIL_CALL(mprotect), kMapCode, Answer::kill, "data that becomes code"),
    refuse(FORKJAIL_CALL(socket), Answer::kill, "a way to the network"),
    refuse(FORKJAIL_CALL(connect), Answer::kill, "a way to the network"),
    refuse(FORKJAIL_CALL(bind), Answer::kill, "a port to be reached at"),
    refuse(FORKJAIL_CALL(ptrace), Answer::kill, "another process's memory"),
    refuse(FORKJAIL_CALL(process_vm_readv), Answer::kill, "another process's memory"),
    refuse(FORKJAIL_CALL(process_vm_writev), Answer::kill, "another process's memory"),
    refuse(FORKJAIL_CALL(pidfd_getfd), Answer::kill, "another process's descriptors"),
    refuse(FORKJAIL_CALL(open_by_handle_at), Answer::kill, "a file past every path"),
    refuse(FORKJAIL_CALL(memfd_create), Answer::kill, "a program without a file"),
    refuse(FORKJAIL_CALL(unshare), Answer::kill, "a namespace to be root in"),
    refuse(FORKJAIL_CALL(setns), Answer::kill, "another's namespaces"),
    refuse(FORKJAIL_CALL(mount), Answer::kill, "another file system"),
    refuse(FORKJAIL_CALL(bpf), Answer::kill, "code in the kernel"),
    refuse(FORKJAIL_CALL(init_module), Answer::kill, "code in the kernel"),
    refuse(FORKJAIL_CALL(finit_module), Answer::kill, "code in the kernel"),
    refuse(FORKJAIL_CALL(perf_event_open), Answer::kill, "a favourite of kernel exploits"),
    refuse(FORKJAIL_CALL(io_uring_setup), Answer::kill, "calls that no filter sees"),
    refuse(FORKJAIL_CALL(userfaultfd), Answer::kill, "a favourite of kernel exploits"),
    refuse(FORKJAIL_CALL(keyctl), Answer::kill, "a favourite of kernel exploits"),
    refuse(FORKJAIL_CALL(add_key), Answer::kill, "a favourite of kernel exploits"),
};

constexpr std::array kPolicy =
    seccomp::concatenate(kLoopCalls, kPipeAndSocketCalls, kMemoryCalls, kEndCalls, kIntrudersCalls);
static_assert(seccomp::all_have_reasons(kPolicy));
static_assert(seccomp::one_row_a_call_and_answer(kPolicy));

// Act, then check: calls that fail either way, by an errno that tells who refused them.
struct Probe {
  std::string_view name;
  long number;
  std::array<long, 3> arguments;
};
constexpr std::array kProbes{
    Probe{"prctl", SYS_prctl, {PR_GET_SECCOMP, 0, 0}},  // else it succeeds
    Probe{"openat", SYS_openat, {-1, 0, O_RDONLY}},     // else EFAULT
    Probe{"fcntl", SYS_fcntl, {-1, F_GETLEASE, 0}},     // the argument rules hold: else EBADF
    Probe{"setsockopt", SYS_setsockopt, {-1, 0, 0}},    // likewise
};

Status verify_own_filter() {
  for (const Probe& probe : kProbes) {
    const auto [a, b, c] = probe.arguments;
    errno = 0;
    if (::syscall(probe.number, a, b, c) != -1 || errno != EPERM) {
      return errno_error("verify the server's filter", probe.name);
    }
  }
  return ok_status();
}

}  // namespace

seccomp::Policy own_policy() { return {kPolicy, Answer::not_permitted}; }

Status filter_own_calls() {
  const auto program = seccomp::compile_filter(own_policy());
  if (!program) return program.error();
  if (auto status = seccomp::attach_filter(*program); !status) return status;
  return verify_own_filter();
}

}  // namespace forkjail::server
