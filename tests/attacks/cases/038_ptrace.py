# attack: 38
# name: ptrace_is_refused
# expect: held


def main():
    traceme, attach, seize = 0, 16, 0x4206
    targets = (1, 2, os.getpid(), os.getppid(), os.getpid() + 1)
    return all_refused(("ptrace", traceme, 0, 0, 0),
                       *[("ptrace", how, pid, 0, 0) for how in (attach, seize) for pid in targets])
