#include "sandbox/syscall_policy.h"

#include <algorithm>
#include <array>

#include "sandbox/cell_arguments.h"

namespace forkjail::sandbox {
namespace {

using seccomp::allow;
using seccomp::Answer;
using seccomp::refuse;

// Layer one: kinds of calls.

constexpr std::array kDescriptorCalls{
    allow(FORKJAIL_CALL(read), "reads what is open; the cell's descriptors are its own"),
    allow(FORKJAIL_CALL(write), "print, files, the result"),
    allow(FORKJAIL_CALL(pread64), "zip files, sqlite, memory-mapped arrays"),
    allow(FORKJAIL_CALL(pwrite64), "sqlite pages"),
    allow(FORKJAIL_CALL(writev), "asyncio transports since 3.12, io of several buffers"),
    allow(FORKJAIL_CALL(lseek), "every file object, and the question whether stdin can seek"),
    allow(FORKJAIL_CALL(close), "gives up a descriptor"),
    allow(FORKJAIL_CALL(dup2), "a script that redirects its own stdout"),
    allow(FORKJAIL_CALL(dup3), "os.dup2 with inheritable=False; the harness"),
    allow(FORKJAIL_CALL(fcntl), arguments::kFcntl, "non-blocking pipes, dup, sqlite's locks"),
    allow(FORKJAIL_CALL(ioctl), arguments::kIoctl, "isatty, terminal size, non-blocking sockets"),
    allow(FORKJAIL_CALL(pipe2), arguments::kPlainPipe, "os.pipe"),
    allow(FORKJAIL_CALL(socketpair), arguments::kUnixStreamPair, "asyncio's self-pipe"),
    allow(FORKJAIL_CALL(sendto), arguments::kSendToPeer, "send on such a pair"),
    allow(FORKJAIL_CALL(recvfrom), arguments::kReceiveFromPeer, "recv on such a pair"),
    allow(FORKJAIL_CALL(poll), "select.poll, asyncio's fallback"),
    allow(FORKJAIL_CALL(pselect6), "select.select"),
    allow(FORKJAIL_CALL(epoll_create1), "asyncio's loop"),
    allow(FORKJAIL_CALL(epoll_ctl), "asyncio's loop"),
    allow(FORKJAIL_CALL(epoll_wait), "asyncio's loop"),
};

constexpr std::array kFileCalls{
    allow(FORKJAIL_CALL(openat), arguments::kOpenWithoutSetId,
          "open; what there is to open is the file-system layer's matter"),
    allow(FORKJAIL_CALL(newfstatat), "os.stat, os.path.exists, every import"),
    allow(FORKJAIL_CALL(fstat), "every file object"),
    allow(FORKJAIL_CALL(access), "os.access, shutil.which"),
    allow(FORKJAIL_CALL(readlink), "os.path.realpath, pathlib resolve"),
    allow(FORKJAIL_CALL(getdents64), "os.listdir, os.scandir, the import system"),
    allow(FORKJAIL_CALL(getcwd), "os.getcwd, relative imports"),
    allow(FORKJAIL_CALL(chdir), "os.chdir, contextlib.chdir"),
    allow(FORKJAIL_CALL(statfs), "shutil.disk_usage, os.statvfs"),
    allow(FORKJAIL_CALL(mkdir), "directories in the scratch"),
    allow(FORKJAIL_CALL(rmdir), "directories in the scratch"),
    allow(FORKJAIL_CALL(unlink), "files in the scratch"),
    allow(FORKJAIL_CALL(unlinkat), "shutil.rmtree, tempfile's clean-up"),
    allow(FORKJAIL_CALL(rename), "os.replace, atomic writes"),
    allow(FORKJAIL_CALL(link), "os.link in the scratch; mounts keep it from reaching beyond"),
    allow(FORKJAIL_CALL(symlink), "os.symlink in the scratch; no privileged reader follows one"),
    allow(FORKJAIL_CALL(chmod), arguments::kChmodWithoutSetId, "shutil.copy, tar, zip"),
    allow(FORKJAIL_CALL(utimensat), "os.utime, shutil.copy2, tar"),
    allow(FORKJAIL_CALL(ftruncate), "file.truncate; the scratch has a size limit"),
    allow(FORKJAIL_CALL(fsync), "os.fsync; a tmpfs does nothing"),
    allow(FORKJAIL_CALL(fdatasync), "sqlite; a tmpfs does nothing"),
    allow(FORKJAIL_CALL(umask), "tempfile, tar; of this process alone"),
};

constexpr std::array kMemoryCalls{
    allow(FORKJAIL_CALL(mmap), arguments::kMap, "malloc, thread stacks, late imports, mmap"),
    allow(FORKJAIL_CALL(munmap), "gives memory back"),
    allow(FORKJAIL_CALL(mprotect), arguments::kProtectData, "thread stacks, RELRO of late imports"),
    allow(FORKJAIL_CALL(mremap), arguments::kRemap, "realloc of large blocks"),
    allow(FORKJAIL_CALL(madvise), arguments::kAdvice, "free, numpy's huge pages, thread exit"),
    allow(FORKJAIL_CALL(brk), "malloc; RLIMIT_DATA bounds it"),
    allow(FORKJAIL_CALL(msync), "mmap.flush, numpy.memmap.flush"),
};

constexpr std::array kThreadCalls{
    allow(FORKJAIL_CALL(clone), arguments::kThread, "threading; cgroup or rlimit bound the number"),
    allow(FORKJAIL_CALL(futex), arguments::kFutex, "every lock"),
    allow(FORKJAIL_CALL(set_robust_list), "glibc, at a thread's start"),
    allow(FORKJAIL_CALL(rseq), "glibc, at a thread's start"),
    allow(FORKJAIL_CALL(gettid), "threading.get_native_id"),
    allow(FORKJAIL_CALL(sched_yield), "OpenBLAS, older versions of time.sleep(0)"),
    allow(FORKJAIL_CALL(sched_getaffinity), arguments::kOwnAffinity,
          "os.cpu_count of pools; shows the number of CPUs"),
    allow(FORKJAIL_CALL(exit), "a thread's end"),
    allow(FORKJAIL_CALL(exit_group), "the run's end"),
    allow(FORKJAIL_CALL(restart_syscall), "the kernel's own, when a wait goes on after a stop"),
};

constexpr std::array kSignalCalls{
    allow(FORKJAIL_CALL(rt_sigaction), "signal.signal, faulthandler"),
    allow(FORKJAIL_CALL(rt_sigprocmask), "signal.pthread_sigmask, thread creation, abort"),
    allow(FORKJAIL_CALL(rt_sigreturn), "return from a handler"),
    allow(FORKJAIL_CALL(sigaltstack), "faulthandler"),
    allow(FORKJAIL_CALL(tgkill), arguments::kToSelf<2>, "signal.raise_signal, abort, pthread_kill"),
    refuse(FORKJAIL_CALL(tgkill), arguments::kKillSelf<2>, Answer::pretended,
           "ignored as process 1 of a namespace ignores it, in every form alike"),
    allow(FORKJAIL_CALL(kill), arguments::kToSelf<1>, "os.kill(os.getpid(), ...)"),
    refuse(FORKJAIL_CALL(kill), arguments::kKillSelf<1>, Answer::pretended, "likewise"),
    allow(FORKJAIL_CALL(alarm), "signal.alarm as a timeout"),
    allow(FORKJAIL_CALL(setitimer), "signal.setitimer as a timeout"),
    allow(FORKJAIL_CALL(getitimer), "what is left of it"),
};

constexpr std::array kTimeCalls{
    allow(FORKJAIL_CALL(clock_gettime), arguments::kOwnClock, "time.process_time, thread_time"),
    allow(FORKJAIL_CALL(clock_getres), arguments::kOwnClock, "time.get_clock_info"),
    allow(FORKJAIL_CALL(clock_nanosleep), arguments::kOwnClock, "time.sleep"),
};

constexpr std::array kIdentityCalls{
    allow(FORKJAIL_CALL(getpid), "os.getpid, random's reseeding"),
    allow(FORKJAIL_CALL(getuid), "os.getuid, expanduser"),
    allow(FORKJAIL_CALL(geteuid), "os.geteuid, tarfile, ssl"),
    allow(FORKJAIL_CALL(getgid), "os.getgid, ssl"),
    allow(FORKJAIL_CALL(getegid), "os.getegid, ssl"),
    allow(FORKJAIL_CALL(uname), "platform"),
    allow(FORKJAIL_CALL(getrusage), "resource.getrusage, older versions of time.process_time"),
    allow(FORKJAIL_CALL(prlimit64), arguments::kOwnLimits,
          "resource.getrlimit; the cell's harness lowers its limits by it"),
    allow(FORKJAIL_CALL(getrandom), "secrets, uuid, random.seed"),
};

// Refused with an errno and not with a signal.

// glibc and subprocess start processes with all signals blocked, where SIGSYS would kill; and
// libraries try to start some (matplotlib its fc-list, platform its uname) and catch the error.
// zygote/process_calls.cpp records who tried. The system calls fork (glibc uses clone) and execve
// are not here: code that calls them means it, so the refusal is recorded.
constexpr std::array kProcessCalls{
    refuse(FORKJAIL_CALL(clone), arguments::kProcess, Answer::not_permitted,
           "fork and posix_spawn of glibc: a cell is one process"),
    refuse(FORKJAIL_CALL(vfork), Answer::not_permitted, "subprocess: a cell is one process"),
};

// Calls that a library probes and can do without. A recorded refusal would accuse an honest script.
constexpr std::array kProbedCalls{
    refuse(FORKJAIL_CALL(clone3), Answer::not_existing,
           "its flags lie behind a pointer; glibc falls back to clone on ENOSYS and on no other"),
    refuse(FORKJAIL_CALL(statx), Answer::not_existing, "libraries fall back to stat"),
    refuse(FORKJAIL_CALL(openat2), Answer::not_existing, "its flags lie behind a pointer"),
    refuse(FORKJAIL_CALL(faccessat2), Answer::not_existing, "glibc falls back to stat"),
    refuse(FORKJAIL_CALL(sendfile), Answer::not_existing,
           "shutil.copyfile falls back to read and write; splices the page cache"),
    refuse(FORKJAIL_CALL(copy_file_range), Answer::not_existing,
           "libraries fall back to read and write; splices the page cache"),
    refuse(FORKJAIL_CALL(memfd_create), Answer::not_existing,
           "libffi tries it for closures; memory that is both written and run"),
    refuse(FORKJAIL_CALL(mbind), Answer::not_existing,
           "OpenBLAS, for the buffers of a second thread; it ignores the answer"),
    refuse(FORKJAIL_CALL(sysinfo), Answer::not_existing,
           "glibc's qsort asks for the size of memory and does without; shows the host's load"),
    refuse(FORKJAIL_CALL(socket), arguments::kUnixSocket, Answer::not_permitted,
           "getpwuid asks nscd first (tarfile does); every other family is recorded"),
    refuse(FORKJAIL_CALL(getsockname), Answer::not_supported,
           "socket objects ask when they adopt a descriptor, and know the answer"),
    refuse(FORKJAIL_CALL(getpeername), Answer::not_supported, "repr of a socket, asyncio"),
    refuse(FORKJAIL_CALL(setfsuid), Answer::not_permitted,
           "ncurses (readline) drops for a moment what it does not have; the call has no errors"),
    refuse(FORKJAIL_CALL(setfsgid), Answer::not_permitted, "likewise"),
    refuse(FORKJAIL_CALL(listxattr), Answer::not_supported, "shutil.copystat: no attributes"),
    refuse(FORKJAIL_CALL(llistxattr), Answer::not_supported, "shutil.copystat of a link"),
};

// Layer three: composition.

constexpr std::array kPolicy =
    seccomp::concatenate(kDescriptorCalls, kFileCalls, kMemoryCalls, kThreadCalls, kSignalCalls,
                         kTimeCalls, kIdentityCalls, kProcessCalls, kProbedCalls);

// If the scratch is a directory on a disk: a run that flushes all the time delays the writes of
// every other run, and its own files are deleted anyway.
constexpr seccomp::SyscallRow without_the_disk(const seccomp::SyscallRow& row) {
  switch (row.number) {
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_msync:
      return refuse(row.number, row.name, row.any_of, Answer::pretended,
                    "what a run writes ends with it: it need never reach the disk");
    case SYS_openat:
      return allow(row.number, row.name, arguments::kOpenBuffered, row.why);
    case SYS_fcntl:
      return allow(row.number, row.name, arguments::kFcntlBuffered, row.why);
    default:
      return row;
  }
}

// Landlock covers neither call, and the owner of a file may always make them.
constexpr seccomp::SyscallRow without_changes_by_owner(const seccomp::SyscallRow& row) {
  if (row.number != SYS_chmod && row.number != SYS_utimensat) return row;
  return refuse(row.number, row.name, row.any_of, Answer::pretended,
                "the uid owns the guest's files and more; copying a file must go on all the same");
}

constexpr auto kPolicyWithoutTmpfs = [] {
  auto rows = kPolicy;
  std::transform(rows.begin(), rows.end(), rows.begin(), without_the_disk);
  return rows;
}();

constexpr auto kPolicyOfSharedUid = [] {
  auto rows = kPolicyWithoutTmpfs;
  std::transform(rows.begin(), rows.end(), rows.begin(), without_changes_by_owner);
  return rows;
}();

// The states of a session: what depends on the pid, and what makes a process, is the keeper's.
constexpr std::array kDecidedByTheKeeper{
    refuse(FORKJAIL_CALL(clone), arguments::kProcess, Answer::notify,
           "a state is copied when the keeper orders it, and at no other time"),
    refuse(FORKJAIL_CALL(kill), Answer::notify, "os.kill(os.getpid(), ...), to itself only"),
    refuse(FORKJAIL_CALL(tgkill), Answer::notify, "signal.raise_signal, abort, to itself only"),
    refuse(FORKJAIL_CALL(membarrier), Answer::notify, "asks the keeper for the next order"),
};
static_assert(kKeeperCall == SYS_membarrier);

constexpr bool is_the_keepers(const seccomp::SyscallRow& row) {
  const bool is_thread = row.number == SYS_clone && row.answer == Answer::allow;
  return !is_thread && std::any_of(kDecidedByTheKeeper.begin(), kDecidedByTheKeeper.end(),
                                   [&](const auto& kept) { return kept.number == row.number; });
}

constexpr seccomp::SyscallRow without_own_pid(const seccomp::SyscallRow& row) {
  if (row.number != SYS_sched_getaffinity) return row;
  return allow(row.number, row.name, arguments::kCallersAffinity, row.why);
}

constexpr auto kPolicyOfStates = [] {
  constexpr auto kOthers = std::count_if(kPolicy.begin(), kPolicy.end(),
                                         [](const auto& row) { return !is_the_keepers(row); });
  std::array<seccomp::SyscallRow, kOthers> rows{};
  std::copy_if(kPolicy.begin(), kPolicy.end(), rows.begin(),
               [](const auto& row) { return !is_the_keepers(row); });
  std::transform(rows.begin(), rows.end(), rows.begin(), without_own_pid);
  constexpr std::array kFurther{
      allow(FORKJAIL_CALL(wait4),
            "a state reaps the kept copies that it forked; a script has no other child")};
  return seccomp::concatenate(rows, kFurther, kDecidedByTheKeeper);
}();
static_assert(seccomp::allowed_calls(kPolicyOfStates) <= kAllowedCallsMax);

constexpr std::array kKeeperPolicy{
    allow(FORKJAIL_CALL(read), "orders, and a request's parts"),
    allow(FORKJAIL_CALL(write), "reports, and a request's parts"),
    allow(FORKJAIL_CALL(poll), "waits for orders, calls and ends"),
    allow(FORKJAIL_CALL(ioctl), arguments::kListenerCommands, "decides the calls of the states"),
    allow(FORKJAIL_CALL(pipe2), "the pipe of one request"),
    allow(FORKJAIL_CALL(close), "and its end"),
    allow(FORKJAIL_CALL(kill), "ends a state"),
    allow(FORKJAIL_CALL(wait4), "how a state ended"),
    allow(FORKJAIL_CALL(pidfd_open), "notices the end of a state that another one forked"),
    allow(FORKJAIL_CALL(clock_gettime), "the CPU time of the state that runs"),
    allow(FORKJAIL_CALL(mmap), arguments::kMap, "room for a long request"),
    allow(FORKJAIL_CALL(munmap), "likewise"),
    allow(FORKJAIL_CALL(mremap), arguments::kRemap, "likewise"),
    allow(FORKJAIL_CALL(madvise), arguments::kAdvice, "likewise"),
    allow(FORKJAIL_CALL(brk), "likewise"),
    allow(FORKJAIL_CALL(exit_group), "ends the session"),
    allow(FORKJAIL_CALL(restart_syscall), "the kernel's own, when a wait goes on after a stop"),
};

static_assert(seccomp::all_have_reasons(kKeeperPolicy));
static_assert(seccomp::one_row_a_call_and_answer(kKeeperPolicy));
static_assert(seccomp::all_have_reasons(kPolicyOfStates));
static_assert(seccomp::one_row_a_call_and_answer(kPolicyOfStates));
static_assert(seccomp::all_have_reasons(kPolicy));
static_assert(seccomp::allowed_calls(kPolicy) <= kAllowedCallsMax);
static_assert(seccomp::one_row_a_call_and_answer(kPolicy));

}  // namespace

seccomp::Policy cell_policy() { return {kPolicy, Answer::trap}; }

seccomp::Policy cell_policy_without_tmpfs() { return {kPolicyWithoutTmpfs, Answer::trap}; }

seccomp::Policy cell_policy_of_shared_uid() { return {kPolicyOfSharedUid, Answer::trap}; }

seccomp::Policy state_policy() { return {kPolicyOfStates, Answer::trap}; }

seccomp::Policy keeper_policy() { return {kKeeperPolicy, Answer::kill}; }

}  // namespace forkjail::sandbox
