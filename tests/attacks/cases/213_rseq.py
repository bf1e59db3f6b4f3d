# attack: 213
# name: rseq_abuse_ends_at_most_its_own_run
# expect: held | kind=crash
import ctypes
import struct


def main():
    area = ctypes.create_string_buffer(4096)
    address = (ctypes.addressof(area) + 31) & ~31
    critical_section = ctypes.create_string_buffer(struct.pack("IIQQQ", 0, 0, 0, 2**47 - 1, 0x1234))
    outcomes = [syscall("rseq", ctypes.c_void_p(address), 32, 0, 0xDEADBEEF),
                syscall("rseq", ctypes.c_void_p(-4096), 32, 0, 0),
                syscall("rseq", ctypes.c_void_p(address), 4000, 0, 1)]
    struct.pack_into("Q", area, address - ctypes.addressof(area) + 8,
                     ctypes.addressof(critical_section))
    for _ in range(1000):
        syscall("gettid")
    return verdict(True, outcomes)
