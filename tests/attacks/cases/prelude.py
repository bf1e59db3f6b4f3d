"""Put in front of each case by `forkjail attack`: system calls by number, and the verdict.

A case judges itself. main() returns verdict(held, saw): `held` is False when the layer did not hold,
`saw` says in a word what was met. No mocks: what is refused here was refused by the kernel.
"""

import errno
import os
import sys

# x86-64. By number, because the C library has no wrapper for half of them.
NUMBERS = dict(
    read=0, write=1, open=2, close=3, poll=7, mmap=9, mprotect=10, munmap=11, brk=12,
    rt_sigaction=13, ioctl=16, shmget=29, mremap=25, madvise=28, shmat=30, dup=32, dup2=33, pause=34,
    getpid=39, sendfile=40, socket=41, connect=42, sendmsg=46, recvmsg=47, bind=49, socketpair=53,
    setsockopt=54, getsockopt=55, clone=56, fork=57, vfork=58, execve=59, exit=60, kill=62,
    semget=64, msgget=68, fcntl=72, flock=73, truncate=76, ftruncate=77, fchdir=81, rename=82,
    link=86, symlink=88, chmod=90, fchmod=91, chown=92, fchown=93, lchown=94, ptrace=101,
    syslog=103, setuid=105, setgid=106, setpgid=109, setsid=112, setreuid=113, setgroups=116,
    setresuid=117, setresgid=119, setfsuid=122, capset=126, mknod=133, uselib=134, personality=135,
    ustat=136, sysfs=139, setpriority=141, sched_setparam=142, sched_setscheduler=144, mlock=149,
    mlockall=151, vhangup=153, modify_ldt=154, pivot_root=155, prctl=157, arch_prctl=158,
    adjtimex=159, setrlimit=160, chroot=161, acct=163, settimeofday=164, mount=165, umount2=166,
    swapon=167, swapoff=168, reboot=169, sethostname=170, setdomainname=171, iopl=172, ioperm=173,
    init_module=175, delete_module=176, quotactl=179, gettid=186, setxattr=188, fsetxattr=190,
    tkill=200, futex=202, sched_setaffinity=203, io_setup=206, lookup_dcookie=212,
    sched_getaffinity=204, remap_file_pages=216, fadvise64=221, timer_create=222, clock_settime=227,
    tgkill=234, mbind=237,
    set_mempolicy=238, mq_open=240, kexec_load=246, waitid=247, add_key=248, request_key=249,
    keyctl=250, ioprio_set=251, inotify_init=253, inotify_add_watch=254, migrate_pages=256,
    openat=257, mkdirat=258, mknodat=259, fchownat=260, unlinkat=263, renameat=264, linkat=265,
    symlinkat=266, fchmodat=268, unshare=272, set_robust_list=273, splice=275, tee=276,
    sync_file_range=277, vmsplice=278, move_pages=279, utimensat=280, signalfd=282,
    timerfd_create=283, fallocate=285, signalfd4=289, pipe2=293, inotify_init1=294,
    rt_tgsigqueueinfo=297, perf_event_open=298, fanotify_init=300, fanotify_mark=301, prlimit64=302,
    name_to_handle_at=303, open_by_handle_at=304, clock_adjtime=305, setns=308, getcpu=309,
    process_vm_readv=310, process_vm_writev=311, kcmp=312, finit_module=313, sched_setattr=314,
    renameat2=316, seccomp=317, memfd_create=319, kexec_file_load=320, bpf=321, execveat=322,
    userfaultfd=323, membarrier=324, mlock2=325, copy_file_range=326, pkey_mprotect=329,
    pkey_alloc=330, statx=332, rseq=334, pidfd_send_signal=424, io_uring_setup=425,
    io_uring_enter=426, io_uring_register=427, open_tree=428, move_mount=429, fsopen=430,
    fsconfig=431, fsmount=432, fspick=433, pidfd_open=434, clone3=435, close_range=436, openat2=437,
    pidfd_getfd=438, process_madvise=440, epoll_pwait2=441, mount_setattr=442, quotactl_fd=443,
    landlock_create_ruleset=444, landlock_add_rule=445, landlock_restrict_self=446,
    memfd_secret=447, process_mrelease=448, futex_waitv=449, set_mempolicy_home_node=450,
    cachestat=451, fchmodat2=452, map_shadow_stack=453, statmount=457, listmount=458,
    lsm_set_self_attr=460, open_tree_attr=467,
)

AT_FDCWD = -100


def verdict(held, saw=""):
    return {"held": bool(held), "saw": str(saw)[:300]}


def c_library():
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def syscall(name, *arguments):
    """(what it returned, the errno's name or "")."""
    import ctypes

    function = c_library().syscall
    function.restype = ctypes.c_long
    passed = []
    for argument in (name if isinstance(name, int) else NUMBERS[name], *arguments):
        # Wider than int, and never cut to 32 bits on the way.
        passed.append(ctypes.c_long(argument) if isinstance(argument, int) else argument)
    ctypes.set_errno(0)
    result = function(*passed)
    return result, (errno.errorcode.get(ctypes.get_errno(), "?") if result == -1 else "")


REFUSALS = ("EPERM", "ENOSYS", "EACCES", "EOPNOTSUPP")


def refused(name, *arguments, also=()):
    """The verdict on one call that has to be refused as such, not for its arguments."""
    result, error = syscall(name, *arguments)
    held = result == -1 and error in (*REFUSALS, *also)
    return verdict(held, f"{name}: {error or f'returned {result}'}")


def all_refused(*calls, also=()):
    """One verdict over several calls, each (name, arguments...)."""
    verdicts = [refused(*call, also=also) for call in calls]
    fallen = [one["saw"] for one in verdicts if not one["held"]]
    saw = ", ".join(fallen) if fallen else ", ".join(one["saw"] for one in verdicts)
    return verdict(not fallen, saw)


def opens(path):
    """Whether it can be opened, to read or to write; for a directory: to be listed."""
    for flags in (os.O_RDONLY, os.O_WRONLY):
        try:
            os.close(os.open(path, flags))
            return True
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EISDIR):
                return True  # the layer was not what refused it
    return False


def absent(*paths):
    """The verdict on paths none of which may be there to look at, read or write. Weaker: they may be
    looked at, and none opens."""
    opened = [path for path in paths if opens(path)]
    found = opened or [path for path in paths if os.path.lexists(path)]
    return {**verdict(not found, ", ".join(found) or "absent"), "weaker": not opened}


def guest(path):
    """A path of the guest's root as this run has to say it: / but where only Landlock stands, which
    moves no root."""
    return os.path.join(os.path.dirname(sys.prefix), path)


def raises(*calls, kinds=(OSError,)):
    """The verdict on Python calls each of which has to raise one of `kinds`."""
    seen, held = [], True
    for call in calls:
        try:
            seen.append(f"returned {call()!r}")
            held = False
        except kinds as error:
            seen.append(errno.errorcode.get(getattr(error, "errno", None), type(error).__name__))
    return verdict(held, ", ".join(seen))
