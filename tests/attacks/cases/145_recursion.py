# attack: 145
# name: recursion_without_end_is_reported
# expect: status=422 kind=crash within=8 | status=422 kind=exception within=8 | status=422 kind=memory within=8
# limits: {"wall_time_s": 8, "cpu_time_s": 5}


def main():
    sys.setrecursionlimit(10**9)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x" if len(name) < 3 else name)

    return Deep().a
