# attack: 46
# name: seccomp_is_out_of_reach
# expect: held
import ctypes
import struct


def main():
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 1, ctypes.addressof(code)))
    new_listener, set_mode_filter = 8, 1
    return all_refused(("seccomp", set_mode_filter, new_listener, program),
                       ("seccomp", set_mode_filter, 0, program), ("seccomp", 2, 0, code),
                       ("prctl", 22, 2, program, 0, 0), ("prctl", 21, 0, 0, 0, 0))
