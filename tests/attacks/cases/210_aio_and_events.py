# attack: 210
# name: other_notification_calls_are_refused
# expect: held


def main():
    return all_refused(("io_setup", 128, bytes(8)), ("signalfd4", -1, bytes(8), 8, 0),
                       ("timerfd_create", 1, 0), ("futex_waitv", None, 0, 0, None, 0),
                       ("epoll_pwait2", 0, None, 0, None, None, 0), ("membarrier", 1, 0, 0),
                       ("sync_file_range", 1, 0, 0, 0), ("close_range", 5, 10, 0),
                       ("remap_file_pages", 0, 0, 0, 0, 0))
