# attack: 218
# name: a_futex_in_a_shared_file_wakes_nobody
# expect: held


def main():
    import ctypes
    import mmap

    library = next(path for path in sys.path if os.path.isfile(os.path.join(path, "json/__init__.py")))
    with open(os.path.join(library, "json/__init__.py"), "rb") as file:
        area = mmap.mmap(file.fileno(), 4096, mmap.MAP_SHARED, mmap.PROT_READ)
    page, _ = syscall("mmap", None, 4096, 3, 0x21, -1, 0)
    shared_wake, requeue, wake_op, lock_pi, fd = 1, 3, 5, 6, 2
    return all_refused(*[("futex", page, operation, 1, 0, page, 0)
                         for operation in (shared_wake, requeue, 4, wake_op, lock_pi, fd, 7, 8, 10, 11,
                                           12, 13, 128 | 4, 128 | 5, 128 | 6)])
