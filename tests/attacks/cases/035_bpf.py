# attack: 35
# name: bpf_is_refused
# expect: held
import ctypes
import struct


def main():
    array_map = ctypes.create_string_buffer(struct.pack("IIIII", 2, 4, 8, 1, 0) + bytes(100))
    return all_refused(("bpf", 0, array_map, 120), ("bpf", 5, array_map, 120),
                       ("bpf", 11, array_map, 120))
