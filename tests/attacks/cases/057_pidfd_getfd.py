# attack: 57
# name: another_process_descriptors_are_out_of_reach
# expect: held


def main():
    return all_refused(("pidfd_open", os.getpid(), 0), ("pidfd_open", 1, 0),
                       *[("pidfd_getfd", fd, 3, 0) for fd in range(4)],
                       ("pidfd_send_signal", 3, 9, None, 0), ("process_mrelease", 3, 0),
                       ("process_madvise", 3, None, 0, 4, 0))
