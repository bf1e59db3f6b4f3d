# attack: 60
# name: segments_and_ports_are_out_of_reach
# expect: held
import ctypes
import struct


def main():
    entry = ctypes.create_string_buffer(struct.pack("IIII", 0, 0, 0xFFFFF, 0x51))
    return all_refused(("modify_ldt", 1, entry, 16), ("modify_ldt", 0, entry, 16), ("iopl", 3),
                       ("ioperm", 0x70, 2, 1), ("arch_prctl", 0x1001, 0x1234),
                       ("arch_prctl", 0x1012, 0), ("arch_prctl", 0x5001, 1),
                       ("map_shadow_stack", 0, 4096, 0))
