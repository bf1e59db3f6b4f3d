# attack: 41
# name: joining_a_namespace_is_refused
# expect: held


def main():
    return all_refused(*[("setns", fd, kind) for fd in (0, 1, 3) for kind in (0, 0x20000)],
                       ("pidfd_open", 1, 0), ("pidfd_open", os.getppid(), 0))
