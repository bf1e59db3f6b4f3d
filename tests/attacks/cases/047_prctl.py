# attack: 47, 48
# name: prctl_is_refused
# expect: held


def main():
    return all_refused(
        ("prctl", 4, 1, 0, 0, 0),  # PR_SET_DUMPABLE
        ("prctl", 47, 2, 21, 0, 0),  # PR_CAP_AMBIENT, RAISE, CAP_SYS_ADMIN
        ("prctl", 35, 1, 0x10000, 0, 0),  # PR_SET_MM, START_CODE
        ("prctl", 8, 1, 0, 0, 0),  # PR_SET_KEEPCAPS
        ("prctl", 28, 0, 0, 0, 0),  # PR_SET_SECUREBITS
        ("prctl", 36, 1, 0, 0, 0),  # PR_SET_CHILD_SUBREAPER
        ("prctl", 0x59616D61, -1, 0, 0, 0),  # PR_SET_PTRACER, ANY
        ("prctl", 26, 1, 0, 0, 0),  # PR_SET_TSC: a trap in every clock read
        ("prctl", 59, 1, 0, 0, 0),  # PR_SET_SYSCALL_USER_DISPATCH
        ("prctl", 62, 1, 0, 0, 0),  # PR_SCHED_CORE
        ("prctl", 1, 0, 0, 0, 0),  # PR_SET_PDEATHSIG
        ("prctl", 0x53564D41, 0, 0, 0, 0), ("capset", None, None))
