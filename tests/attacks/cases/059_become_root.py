# attack: 59
# name: root_cannot_be_had
# expect: held
import ctypes


def main():
    groups = (ctypes.c_uint * 1)(0)
    judged = all_refused(("setuid", 0), ("setgid", 0), ("setreuid", 0, 0), ("setresuid", 0, 0, 0),
                         ("setresgid", 0, 0, 0), ("setgroups", 1, groups), ("setfsuid", 0),
                         ("setuid", os.getuid()), ("chown", b".", 0, 0), ("lchown", b".", 0, 0),
                         ("fchownat", AT_FDCWD, b".", 0, 0, 0))
    return verdict(judged["held"] and 0 not in (os.getuid(), os.geteuid(), os.getgid(),
                                                os.getegid()), judged["saw"])
