# attack: 314
# name: recursion_without_end_is_called_a_lack_of_memory
# expect: status=422 kind=memory error~recursion
# expect-fallback: status=422 kind=memory -- gVisor enforces no RLIMIT_DATA: the watch ends the run before Python can tell why
# limits: {"memory_mb": 24}


def down(n):
    return down(n + 1)


def main():
    sys.setrecursionlimit(10**9)
    return down(0)
