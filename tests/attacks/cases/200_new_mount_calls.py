# attack: 200
# name: the_new_mount_calls_are_refused
# expect: held


def main():
    return all_refused(("fsopen", b"tmpfs", 0), ("fsconfig", 0, 6, None, None, 0), ("fsmount", 0, 0, 0),
                       ("fspick", AT_FDCWD, b"/", 0), ("open_tree", AT_FDCWD, b"/", 1),
                       ("open_tree", AT_FDCWD, b"/scratch", 0x80001),
                       ("move_mount", 0, b"", AT_FDCWD, b"/", 4),
                       ("mount_setattr", AT_FDCWD, b"/", 0, bytes(32), 32),
                       ("open_tree_attr", AT_FDCWD, b"/", 1, bytes(32), 32))
