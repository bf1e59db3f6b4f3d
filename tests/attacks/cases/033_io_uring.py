# attack: 33
# name: io_uring_is_refused
# expect: held
import ctypes


def main():
    return all_refused(("io_uring_setup", 8, ctypes.create_string_buffer(120)),
                       ("io_uring_enter", -1, 0, 0, 0, None, 0),
                       ("io_uring_register", -1, 0, None, 0), ("io_setup", 8, None))
