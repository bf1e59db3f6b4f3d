# attack: 238
# name: nested_epoll_sets_are_bounded
# expect: held | kind=memory | kind=cpu_time
# expect-fallback: weaker -- no bound on nesting but that on descriptors (gVisor)
# limits: {"wall_time_s": 8, "cpu_time_s": 4}
import select


def main():
    try:
        sets = [select.epoll() for _ in range(200)]
        for outer, inner in zip(sets, sets[1:]):
            outer.register(inner.fileno(), select.EPOLLIN)
        return {**verdict(False, "nested 200 deep"), "weaker": True}
    except OSError as error:
        seen = errno.errorcode[error.errno]
    del sets, outer, inner
    wide = 0
    try:
        sets = [select.epoll() for _ in range(100)]
        pipes = [os.pipe() for _ in range(30)]
        for one in sets:
            for read_end, _ in pipes:
                one.register(read_end, select.EPOLLIN)
                wide += 1
    except OSError as error:
        seen += ", " + errno.errorcode[error.errno]
    return verdict(True, f"{seen}; {wide} registrations")
