"""Canary attacks: what a hostile script would try first, tried by a trusted one in a zygote's first
cell, before any client's script is let in. main() returns "" when every layer held, else which failed.

Compiled into the service (src/supervisor/canaries.h), so that nothing which a deployment can forget
or a jail could touch decides what is tried. It has to be quick, and harmless where a layer failed:
signal 0, a path that does not exist, arguments that the kernel would refuse. Memory, CPU and time
limits are not tried here: reaching them takes too long. The attack battery does that.
"""

import ctypes
import errno
import mmap
import os
import socket

LIBC = ctypes.CDLL(None, use_errno=True)
REFUSED = (errno.EPERM, errno.ENOSYS)  # by the filter; anything else came from the kernel proper

# With arguments that do nothing even where the kernel would listen, but for one: ptrace(TRACEME).
KERNEL_CALLS = {
    "connect": (42, -1, 0, 0), "bind": (49, -1, 0, 0), "mount": (165, 0, 0, 0, 0, 0),
    "umount2": (166, 0, -1), "pivot_root": (155, 0, 0), "chroot": (161, 0), "unshare": (272, -1),
    "setns": (308, -1, 0), "ptrace": (101, 0, 0, 0, 0), "process_vm_readv": (310, -1, 0, 0, 0, 0, -1),
    "open_by_handle_at": (304, -1, 0, 0), "bpf": (321, -1, 0, 0), "io_uring_setup": (425, 0, 0),
    "userfaultfd": (323, -1), "perf_event_open": (298, 0, 0, -1, -1, -1), "keyctl": (250, -1),
    "add_key": (248, 0, 0, 0, 0, 0), "init_module": (175, 0, 0, 0), "kexec_load": (246, 0, -1, 0, -1),
    "pidfd_open": (434, -1, 0), "seccomp": (317, -1, 0, 0), "prctl": (157, 21, 0, 0, 0, 0),
}


def call(number, *arguments):
    """The errno of a raw system call; 0 when it went through."""
    ctypes.set_errno(0)
    result = LIBC.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    return ctypes.get_errno() if result == -1 else 0


def errno_of(function, *arguments):
    """The errno that `function` fails with, 0 when it does not."""
    try:
        function(*arguments)
    except OSError as error:
        return error.errno or -1
    return 0


def opens(path, flags):
    try:
        os.close(os.open(path, flags, 0o600))
    except OSError:
        return False
    return True


def read_host():
    paths = ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/root", "/var/log", "/proc/self/status",
             "/proc/1/environ", "/sys/kernel/notes", "/dev/mem", "/dev/kmsg")
    return next((path for path in paths if opens(path, os.O_RDONLY)), None)


def list_host():
    return next((path for path in ("/proc", "/sys", "/etc", "/home")
                 if not errno_of(os.listdir, path) and os.listdir(path)), None)


def write_host():
    library = os.path.dirname(os.__file__)
    for directory in ("/", "/usr", library, "/dev"):
        path = os.path.join(directory, "forkjail-canary")
        if opens(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY):
            os.unlink(path)
            return path
    return os.__file__ if opens(os.__file__, os.O_RDWR) else None


def find_files_of_others():
    return next((f"{path}/{name}" for path in (os.getcwd(), "/tmp") for name in os.listdir(path)), None)


def open_sockets():
    families = {"AF_INET": 2, "AF_INET6": 10, "AF_UNIX": 1, "AF_NETLINK": 16, "AF_PACKET": 17, "AF_VSOCK": 40}
    return next((name for name, family in families.items()
                 if not errno_of(socket.socket, family, socket.SOCK_DGRAM)), None)


def start_processes():
    try:
        if os.fork() == 0:
            os._exit(0)
        return "fork"
    except OSError:
        pass
    return "execve" if errno_of(os.execv, "/nonexistent", ["x"]) not in REFUSED else None


def signal_others():
    return next((f"kill({pid})" for pid in (-1, 2) if errno_of(os.kill, pid, 0) not in REFUSED), None)


def become_root():
    for number in (105, 106, 117, 119):  # setuid, setgid, setresuid, setresgid
        if call(number, 0, 0, 0) == 0:
            return f"system call {number}"
    return None


def be_root():
    return "uid 0" if 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid()) else None


def override_permissions():
    """CAP_DAC_OVERRIDE reads a file that no user may read."""
    path = os.path.join(os.getcwd(), "canary")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0))
    try:
        return "CAP_DAC_OVERRIDE" if opens(path, os.O_RDONLY) else None
    finally:
        os.unlink(path)


def reach_kernel():
    return next((name for name, (number, *arguments) in KERNEL_CALLS.items()
                 if call(number, *arguments) not in REFUSED), None)


def make_code():
    code = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    return "mmap" if not errno_of(lambda: mmap.mmap(-1, 4096, prot=code)) else None


def use_inherited_descriptors():
    return next((f"descriptor {fd}" for fd in range(4, 1024) if not errno_of(os.fstat, fd)), None)


def open_without_end():
    opened = []
    try:
        for _ in range(300):
            opened.append(os.dup(0))
        return "300 descriptors"
    except OSError:
        return None
    finally:
        for fd in opened:
            os.close(fd)


# What is called which to people, the layers of /info of which one has to be on for it to be
# claimed (none: always), and the attack.
CANARIES = (
    ("files of the host cannot be read", (), read_host),
    ("directories of the host cannot be listed", ("read-only root", "chroot", "landlock"), list_host),
    ("no file outside the scratch directory can be written", (), write_host),
    ("the scratch directory is empty", (), find_files_of_others),
    ("no network", (), open_sockets),
    ("no processes", (), start_processes),
    ("no signals to other processes", (), signal_others),
    ("no way to root", (), become_root),
    ("own uid", ("own uid", "user namespace"), be_root),
    ("no capabilities", (), override_permissions),
    ("system calls", (), reach_kernel),
    ("no writable and executable memory", (), make_code),
    ("no inherited descriptors", (), use_inherited_descriptors),
    ("rlimits", (), open_without_end),
)


def main(layers):
    failed = []
    for layer, claimed_by, attack in CANARIES:
        if claimed_by and not set(claimed_by) & set(layers):
            continue
        try:
            how = attack()
        except Exception as error:  # what could not be tried is not known to hold
            how = f"{type(error).__name__}: {error}"
        if how:
            failed.append(f"{layer}: {how}")
    return "; ".join(failed)
