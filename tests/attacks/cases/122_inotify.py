# attack: 122
# name: nobody_watches_a_shared_file
# expect: held


def main():
    return all_refused(("inotify_init",), ("inotify_init1", 0), ("inotify_add_watch", 0, b"/", 0xFFF),
                       ("fanotify_init", 0, 0), ("fanotify_init", 0x200, 0),
                       ("fanotify_mark", 0, 1, 0x20, AT_FDCWD, b"/"))
